"""The scripts that hold commands on a host when nobody is connected: POSIX sh, no program of ours.

A run is a folder `~/.skyforge/runs/N` there: `spec` (one line of JSON, ours), `command` (sh),
`log` (every byte), `input` (a pipe to its terminal), `pid` and `holder` (a number and when that
process began, so that no other one is ever taken for it), `stops`, and at last `exit`. What the
command makes has the rights that it would have without us; what is ours is for its owner only.

With `script` of util-linux the command has a terminal: it may ask, and an interrupt is typed.
"""

from __future__ import annotations

from typing import Final

_COMMON: Final = r"""
given=$(umask)
umask 077
root=$HOME/.skyforge/runs
began() {
  if IFS= read -r stat 2>/dev/null </proc/$1/stat; then
    stat=${stat##*) }; set -- $stat; echo "${20}"
  fi
}
alive() {
  [ -r "$1" ] && read -r pid was <"$1" && kill -0 "$pid" 2>/dev/null &&
    [ "$(began "$pid")" = "$was" ]
}
"""
HOLDER: Final = (
    _COMMON
    + r"""
cd "$1" && mkdir begun 2>/dev/null || exit 0
echo "$$ $(began $$)" 1<>holder
date +%s 1<>started
exec 3<>input
heed=; env --default-signal=INT,QUIT true 2>/dev/null && heed='env --default-signal=INT,QUIT'
if command -v script >/dev/null 2>&1; then
  SHELL=/bin/sh $heed script -qefc '. ./command' /dev/null <&3 >log 2>&1
else
  $heed /bin/sh ./command <&3 >log 2>&1
fi
code=$?
full=; { echo room >room; } 2>/dev/null || full=full
rm -f room
echo "$code $(date +%s) $(wc -c <log) $full" 1<>exit.part && mv exit.part exit
"""
)
"""Runs `command` in the folder `$1` to its end, once.

Where the disk is full by then, the end says so: what does not fit into the log is lost.

Whatever a shell starts in the background ignores interrupts, and all that comes of it too; a shell
cannot undo that, `env` can.
"""

START: Final = (
    _COMMON
    + r"""
fail() {
  cd / && [ -n "$n" ] && rm -rf "$root/$n"
  [ -d "$root" ] && set -- "$root" || set -- "$HOME"
  set -- $(df -kP "$1" | tail -n 1)
  echo "$root cannot be written: $4 kB are free there" >&2; exit 70
}
write() {
  printf '%s\n' "$1" >spec && printf '%s' "$2" >command && printf '%s' "$3" >hold &&
    echo "$given" >given && : >log && mkfifo input || return
  for one in holder started pid stops exit.part; do printf '%63s\n' '' >$one || return; done
}
n= vain=
mkdir -p "$root" 2>/dev/null || fail
if n=$(readlink "$root/.$1"); then :
else
  last=$(cd "$root" && ls | sort -n | tail -n 1); next=$((${last:-0} + 1))
  until mkdir "$root/$next" 2>/dev/null; do
    if [ -e "$root/$next" ]; then next=$((next + 1)); continue; fi
    # Another start may have taken the number and given it back in between; not every time.
    vain=x$vain; [ $vain != xxxxx ] || fail
  done
  n=$next
  cd "$root/$n" || exit 70
  { write "$2" "$3" "$4"; } 2>/dev/null || fail
  if ! ln -sn "$n" "$root/.$1" 2>/dev/null; then
    cd "$root" && rm -rf "./$n" && n=$(readlink "$root/.$1") || fail
  fi
fi
cd "$root/$n" || exit 70
if setsid -f true 2>/dev/null; then
  setsid -f /bin/sh ./hold "$root/$n" </dev/null >/dev/null 2>&1
else
  nohup /bin/sh ./hold "$root/$n" </dev/null >/dev/null 2>&1 &
fi
echo "$n"
"""
)
"""Begins a run for the token `$1` (one token, one run), with spec, command and holder.

What is written down later has its room from now on: a disk that fills hides neither that the run
lives, nor how it ends, nor how often it was asked to.
"""

LIST: Final = (
    _COMMON
    + r"""
cd "$root" 2>/dev/null || { echo end; exit 0; }
for n in $(if [ $# -gt 1 ]; then shift; echo "$@"; else ls | sort -rn | head -n "$1"; fi); do
  [ -d "$n" ] || continue
  code= ended= size= full= start= stops= spec= live=no mark=
  [ -r "$n/spec" ] && IFS= read -r spec <"$n/spec"
  [ -r "$n/started" ] && read -r start <"$n/started"
  [ -r "$n/stops" ] && read -r stops <"$n/stops"
  if [ -r "$n/exit" ]; then read -r code ended size full <"$n/exit"
  else
    alive "$n/holder" && live=yes
    [ -r "$n/exit" ] && read -r code ended size full <"$n/exit"
  fi
  if [ -z "$code" ]; then
    size=$(wc -c <"$n/log") ended=$(stat -c %Y "$n/log" 2>/dev/null)
    mark=$(tail -c 200 "$n/log" | od -An -v -tx1 | tr -d ' \n')
  fi
  printf 'run %s|%s|%s|%s|%s|%s|%s|%s|%s\n' \
    "$n" "$start" "$code" "$ended" "$((${size:-0}))" "$live" "$stops" "$mark" "$full"
  printf '%s\n' "$spec"
done
echo "end $(date +%s)"
"""
)
"""Tells of the newest `$1` runs, or of those named by the arguments after it."""

FOLLOW: Final = (
    _COMMON
    + r"""
cd "$root/$1" || exit 66
tail -c "+$2" -f log 2>/dev/null & tail=$!
while [ ! -e exit ] && alive holder && kill -0 $tail 2>/dev/null; do sleep 0.3; done
kill $tail 2>/dev/null
exit 0
"""
)
"""Writes the output of the run `$1` from byte `$2` (from 1) until it has ended, or about so."""

REST: Final = (
    _COMMON
    + r"""
cd "$root/$1" || exit 66
exec tail -c "+$2" log
"""
)
"""Writes the output of the run `$1` from byte `$2` as it is now."""

STOP: Final = (
    _COMMON
    + r"""
cd "$root/$1" || exit 66
[ -e exit ] && exit 3
alive holder || exit 3
stops=0; [ -r stops ] && read -r stops <stops
stops=$((${stops:-0} + 1)); echo $stops 1<>stops
group=; alive pid && read -r group was <pid
case $stops in
  1) if command -v script >/dev/null 2>&1; then printf '\003' 1<>input
     elif [ -n "$group" ]; then kill -s INT -- "-$group"; fi ;;
  2) [ -n "$group" ] && kill -s TERM -- "-$group" ;;
  *) [ -n "$group" ] && kill -s KILL -- "-$group" ;;
esac
exit 0
"""
)
"""Asks the run `$1` to end, more firmly each time; 3 if it has."""

ANSWER: Final = (
    _COMMON
    + r"""
cd "$root/$1" || exit 66
[ -e exit ] && exit 3
alive holder || exit 3
printf "$2" 1<>input
"""
)
"""Types `$2`, a format of printf without `%`, into the terminal of the run `$1`; 3 if it ended."""

DROP: Final = (
    _COMMON
    + r"""
cd "$root" 2>/dev/null || exit 0
rm -rf .gone-*
while [ $# -gt 1 ]; do
  n=$1 token=$2; shift 2
  case $n in '' | *[!0-9]*) continue ;; esac
  case $token in *[!0-9a-f]*) continue ;; esac
  [ -d "$n" ] || continue
  if [ ! -e "$n/exit" ]; then
    alive "$n/holder" && continue
    [ -e "$n/exit" ] || [ -n "$(find "$n" -maxdepth 0 -mtime +0)" ] || continue
  fi
  mv "$n" ".gone-$n" && rm -rf ".gone-$n" && rm -f ".$token" && echo "$n"
done
"""
)
"""Removes runs that are over, named by number and token, and tells of those that are gone.

One whose end nobody wrote down has to have lain still for a day: it may just begin.
"""

BEGIN: Final = (
    _COMMON
    + r"""
stty cols 120 rows 40 2>/dev/null
echo "$$ $(began $$)" 1<>pid
IFS= read -r given <given && umask "$given"
"""
)
"""What stands at the beginning of every command."""
