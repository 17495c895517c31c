# Ticks some fifty times a second and says what it heard, until it hears "stop".
# A read that times out leaves in $line what it had of a line by then.
stty -echo
tick=0
begun=
while :; do
  tick=$((tick + 1))
  if IFS= read -r -t 0.02 line; then
    line=$begun$line
    begun=
    [ "$line" = stop ] && exit 7
    echo "tick $tick heard $line"
  else
    begun=$begun$line
    echo "tick $tick"
  fi
done
