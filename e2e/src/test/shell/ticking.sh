# Ticks some fifty times a second and says what it heard, until it hears "stop".
stty -echo
tick=0
while :; do
  tick=$((tick + 1))
  if IFS= read -r -t 0.02 line; then
    [ "$line" = stop ] && exit 7
    echo "tick $tick heard $line"
  else
    echo "tick $tick"
  fi
done
