# What listens on this machine, and which of it are programs of this user: read by any sh, also dash's and
# BusyBox's, from standard input, so that the login shell matters to nothing. Writes nothing, anywhere.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin LC_ALL=C
export PATH LC_ALL
most_listeners=1000 most_programs=100

has() { command -v "$1" >/dev/null 2>&1; }

# Each field "pid=N" of ss, of every owner.
pids_of_ss() { tr , '\n' | sed -n 's/^pid=\([0-9][0-9]*\)$/\1/p'; }

# "PID INODE" for each of this user's sockets that listens. Others' directories of descriptors are closed to us.
owners() {
  inodes=$(sed 's/^ *//' | tr -s ' ' | cut -d' ' -f10 | sort -u | tr '\n' '|')
  ls -l /proc/[0-9]*/fd 2>/dev/null | grep -E "^/proc/|socket:\[(${inodes%|})\]" | while IFS= read -r line; do
    case $line in
      /proc/*) pid=${line#/proc/} pid=${pid%%/*} ;;
      *) inode=${line##*'socket:['} && echo "$pid ${inode%]}" ;;
    esac
  done
}

describe() {
  pids=$(sort -un | head -n "$most_programs")
  [ -n "$pids" ] || return 0
  if [ -r /proc/self/cmdline ]; then
    echo @programs
    for pid in $pids; do
      [ -r "/proc/$pid/comm" ] && IFS= read -r name <"/proc/$pid/comm" && echo "n $pid $name"
      [ -r "/proc/$pid/cmdline" ] && echo "a $pid $(head -c 400 "/proc/$pid/cmdline" | tr '\000\n' '  ')"
    done
    # shellcheck disable=SC2046 # Numbers.
    ls -ld $(for pid in $pids; do echo "/proc/$pid/cwd"; done) 2>/dev/null | sed -n 's|^.* /proc/\([0-9]*\)/cwd -> |d \1 |p'
  else
    list=$(echo "$pids" | tr '\n' ,)
    echo @programs
    ps -o pid=,args= -p "${list%,}" 2>/dev/null | sed -n 's/^ *\([0-9][0-9]*\) /a \1 /p' | cut -c 1-400
    lsof -a -d cwd -p "${list%,}" -Fn 2>/dev/null | while IFS= read -r line; do
      case $line in p*) pid=${line#p} ;; n*) echo "d $pid ${line#n}" ;; esac
    done
  fi
}

echo @@BEGIN
echo "@system $(uname -s 2>/dev/null) $(id -u) $(uname -n 2>/dev/null)"
if has ss && ss -ltnH >/dev/null 2>&1; then
  echo @ss
  list=$(ss -ltnpeH 2>/dev/null | head -n "$most_listeners")
  echo "$list"
  echo "$list" | pids_of_ss | describe
elif [ -r /proc/net/tcp ]; then
  echo @proc
  list=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep ' 0A ' | head -n "$most_listeners")
  echo "$list"
  echo @owners
  owned=$(echo "$list" | owners)
  echo "$owned"
  echo "$owned" | cut -d' ' -f1 | describe
elif has lsof; then
  echo @lsof
  list=$(lsof -nP -iTCP -sTCP:LISTEN -FpcLun 2>/dev/null | head -n "$most_listeners")
  echo "$list"
  echo "$list" | sed -n 's/^p//p' | describe
else
  echo @netstat
  netstat -an -p tcp 2>/dev/null | grep LISTEN | head -n "$most_listeners"
fi
echo @@END
