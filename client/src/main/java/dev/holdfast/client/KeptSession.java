package dev.holdfast.client;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A session that stays at a stock server when its connection is lost: it runs in a multiplexer
 * there, {@code tmux}, {@code screen} or {@code dtach}, in which every connection after the first
 * takes it over. Nothing is written on the server: the multiplexer's settings stand on its command
 * line, and there are as few as leave the person's own terminal in charge: no status line, no keys,
 * no alternate screen around it all.
 *
 * <p>A session of that name that the person has made there is taken over as it is.
 *
 * @param keeper which multiplexer; any that is there if it is AUTO
 * @param name of the session
 * @param isNamed whether the person gave the name, and so wants the session after the client ends
 */
record KeptSession(ClientOptions.SessionKeeper keeper, String name, boolean isNamed) {
  /** Characters of a name, none of which is special to a shell or a multiplexer. */
  static final int MOST_NAME = 64;

  private static final String NAMES = "[A-Za-z0-9_][A-Za-z0-9_-]*";
  private static final int FRESH_DIGITS = 8;

  KeptSession {
    if (keeper == ClientOptions.SessionKeeper.NONE || !isName(name)) {
      throw new IllegalArgumentException(keeper + " '" + name + "'");
    }
  }

  static boolean isName(String name) {
    return name.length() <= MOST_NAME && name.matches(NAMES);
  }

  /** The one that a configuration asks for; nothing if it wants none. */
  static Optional<KeptSession> of(ClientConfig config) throws ConfigFailure {
    ClientOptions.SessionKeeper keeper = config.get(ClientOptions.HOLDFAST_CONTEXT);
    Optional<String> name = nameIn(config);
    if (keeper == ClientOptions.SessionKeeper.NONE) {
      return Optional.empty();
    }
    return Optional.of(
        new KeptSession(keeper, name.orElseGet(KeptSession::fresh), name.isPresent()));
  }

  /** The name that the person gave. */
  static Optional<String> nameIn(ClientConfig config) throws ConfigFailure {
    Optional<String> name = config.find(ClientOptions.HOLDFAST_SESSION);
    if (name.isPresent() && !isName(name.get())) {
      throw new ConfigFailure(
          "HoldfastSession is a name of letters, digits, - and _, and at most "
              + MOST_NAME
              + " of them.");
    }
    return name;
  }

  private static String fresh() {
    RandomGenerator random = new SecureRandom();
    String digits = Long.toUnsignedString(random.nextLong(), Character.MAX_RADIX);
    return "hf-" + digits.substring(0, Math.min(digits.length(), FRESH_DIGITS));
  }

  /**
   * What makes or takes over the session, as any login shell reads it.
   *
   * @param command that runs in it; empty for a shell
   * @param again whether it should be there
   */
  String line(String command, boolean again) {
    boolean isAsked = isNamed || keeper != ClientOptions.SessionKeeper.AUTO;
    return shell(
        BEGIN,
        name,
        keeper.name().toLowerCase(Locale.ROOT),
        again ? "1" : "0",
        INSIDE,
        command,
        isAsked ? "1" : "0",
        KeptOutput.SCREEN_COMES);
  }

  /** What ends the session, whatever runs in it. */
  String endingLine() {
    return shell(END, name);
  }

  private static String shell(String script, String... words) {
    StringBuilder line = new StringBuilder("exec /bin/sh -c ").append(quoted(oneLine(script)));
    line.append(" holdfast");
    for (String word : words) {
      line.append(' ').append(quoted(word));
    }
    return line.toString();
  }

  /** csh has no quoted line ends. */
  private static String oneLine(String script) {
    return script.strip().replaceAll("\n *", " ");
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * $1 name, $2 which, $3 whether it should be there, $4 what runs inside, $5 command, $6 whether
   * to say that nothing keeps it, $7 what is before screen's output. Without quotation marks,
   * backslashes and exclamation marks, which shells read differently.
   */
  private static final String BEGIN =
      """
      n=$1 k=$2 again=$3 inside=$4 c=$5 asked=$6 mark=$7;
      set -f; umask 077;
      : "${SHELL:=/bin/sh}"; export SHELL;
      d=/tmp/holdfast-$(id -u); s=; m=; t=screen;
      has() { command -v "$1" >/dev/null 2>&1; };
      want() { case $k in auto|"$1") has "$1";; *) false;; esac; };
      screens() { for w in $(screen -ls 2>/dev/null); do case $w in [0-9]*."$n") s=$w;; esac; done;
      [ -n "$s" ]; };
      if has infocmp; then
      infocmp "$TERM" >/dev/null 2>&1 || { TERM=xterm-256color; export TERM; };
      infocmp screen-256color >/dev/null 2>&1 && t=screen-256color; fi;
      if want tmux && tmux has-session -t "=$n" 2>/dev/null; then
      exec tmux -u attach-session -d -t "=$n"; fi;
      if want tmux && tmux -L holdfast has-session -t "=$n" 2>/dev/null; then m=tmux;
      elif want screen && screens; then m=screen;
      elif want dtach && [ -S "$d/$n" ]; then m=dtach;
      else for w in tmux screen dtach; do
      if [ -z "$m" ] && want "$w"; then m=$w; fi; done; fi;
      case $m in
      tmux) exec tmux -u -L holdfast -f /dev/null start-server
      ";" set -qg terminal-overrides ",*:smcup@:rmcup@:Tc"
      ";" set -qg default-terminal "$t" ";" set -qg history-limit 50000
      ";" set -qg status off ";" set -qg prefix None ";" set -qg prefix2 None
      ";" set -qs escape-time 0 ";" set -qs set-clipboard on ";" set -qg allow-passthrough on
      ";" set -qs focus-events on ";" set -qg set-titles on ";" set -qg set-titles-string "#T"
      ";" new-session -A -D -s "$n" /bin/sh -c "$inside" holdfast "$again" "$c";;
      screen) if screens; then :; else
      screen -c /dev/null -d -m -U -ln -h 50000 -T "$t" -S "$n" /bin/sh -c "$inside" holdfast
      "$again" "$c";
      for w in 1 2 3 4 5; do screens && break; sleep 1; done;
      screen -S "$s" -X escape "" >/dev/null 2>&1; fi;
      printf %s "$mark"; exec screen -U -D -r "$s";;
      dtach) mkdir "$d" 2>/dev/null;
      if [ -d "$d" ] && [ -O "$d" ] && [ -w "$d" ]; then
      exec dtach -A "$d/$n" -E -z -r winch /bin/sh -c "$inside" holdfast "$again" "$c"; fi;
      echo "holdfast: $d is not yours, so dtach is not used.";;
      esac;
      if [ "$asked" = 1 ]; then
      echo "holdfast: no tmux, screen or dtach here keeps this session; it ends with its connection.";
      fi;
      exec /bin/sh -c "$inside" holdfast "$again" "$c"
      """;

  /** $1 whether the session should have been there, $2 command. */
  private static final String INSIDE =
      """
      if [ "$1" = 1 ]; then echo "holdfast: the session was not there any more; this is a new one.";
      elif [ -z "$2" ]; then
      [ -e "$HOME/.hushlogin" ] || cat /run/motd.dynamic /etc/motd 2>/dev/null; fi;
      if [ -n "$2" ]; then exec "$SHELL" -c "$2"; fi;
      exec "$SHELL" -l
      """
          .strip()
          .replace('\n', ' ');

  /** $1 name. */
  private static final String END =
      """
      tmux -L holdfast kill-session -t "=$1" 2>/dev/null;
      for w in $(screen -ls 2>/dev/null); do case $w in [0-9]*."$1") screen -S "$w" -X quit;; esac;
      done
      """;
}
