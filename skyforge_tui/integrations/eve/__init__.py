"""EVE-NG, Community and Pro, and the UNetLab they come from: their API over HTTP."""
