package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of ssh(1), read as getopt(3) reads them there: options may stand on both sides of
 * the destination, and everything behind is the command.
 *
 * @param query whom to connect to, and the options as lines of a configuration
 * @param forward where -W leads standard input and output
 * @param action in place of a connection
 */
record SshArguments(ConfigQuery query, Optional<PortForward.Place> forward, Action action) {
  /** Options that have a value. */
  private static final String WITH_VALUE = "bBcDeEFIiJLlmOopQRSwWP";

  private static final String FLAGS = "1246AaCfGgKkMNnqsTtVvXxYy";

  /** What is to be done. */
  enum Action {
    CONNECT,
    /** Print the configuration (-G). */
    LIST,
    /** Print the version (-V). */
    VERSION
  }

  /** Reads them. */
  static SshArguments parse(List<String> arguments) throws BadValue {
    return new Reader(arguments).read();
  }

  /** Confined to its caller. */
  private static final class Reader {
    private final List<String> arguments;
    private final List<String> lines = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private Optional<String> file = Optional.empty();
    private Optional<PortForward.Place> forward = Optional.empty();
    private Action action = Action.CONNECT;
    private int verbosity;
    private int ttys;
    private int at;

    Reader(List<String> arguments) {
      this.arguments = arguments;
    }

    SshArguments read() throws BadValue {
      options();
      String destination = at < arguments.size() ? arguments.get(at++) : "";
      if (!destination.isEmpty()) {
        options();
      }
      words.addAll(arguments.subList(at, arguments.size()));
      if (action == Action.VERSION) {
        return new SshArguments(ConfigQuery.of("version"), forward, action);
      }
      if (destination.isEmpty()) {
        throw new BadValue("no destination is given");
      }
      JumpHost to = JumpHost.destination(destination);
      to.user().ifPresent(user -> lines.addFirst("User " + user));
      to.port().ifPresent(port -> lines.addFirst("Port " + port));
      if (ttys > 0) {
        lines.add("RequestTTY " + (ttys > 1 ? "force" : "yes"));
      }
      if (verbosity > 0) {
        lines.add("LogLevel DEBUG" + Math.min(verbosity, 3));
      }
      String command = String.join(" ", words);
      return new SshArguments(new ConfigQuery(to.host(), lines, file, command), forward, action);
    }

    private void options() throws BadValue {
      while (at < arguments.size()) {
        String word = arguments.get(at);
        if (!word.startsWith("-") || word.equals("-")) {
          return;
        }
        at++;
        if (word.equals("--")) {
          return;
        }
        if (word.equals("--wait")) {
          lines.add("HoldfastWait " + next("--wait"));
        } else {
          cluster(word.equals("--quiet") ? "-q" : word);
        }
      }
    }

    private void cluster(String word) throws BadValue {
      for (int i = 1; i < word.length(); i++) {
        char letter = word.charAt(i);
        if (WITH_VALUE.indexOf(letter) >= 0) {
          valued(letter, i + 1 < word.length() ? word.substring(i + 1) : next("-" + letter));
          return;
        }
        if (FLAGS.indexOf(letter) < 0) {
          throw new BadValue("there is no option -" + letter);
        }
        flag(letter);
      }
    }

    private String next(String option) throws BadValue {
      if (at == arguments.size()) {
        throw new BadValue(option + " needs a value");
      }
      return arguments.get(at++);
    }

    private void valued(char letter, String value) throws BadValue {
      switch (letter) {
        case 'b' -> lines.add("BindAddress " + value);
        case 'B' -> lines.add("BindInterface " + value);
        case 'c' -> lines.add("Ciphers " + value);
        case 'D' -> lines.add("DynamicForward " + PortForward.dynamic(value).listed());
        case 'e' -> lines.add("EscapeChar " + value);
        case 'F' -> file = Optional.of(value);
        case 'i' -> lines.add("IdentityFile \"" + value + "\"");
        case 'I' -> lines.add("PKCS11Provider " + value);
        case 'J' -> lines.add("ProxyJump " + value);
        case 'L' -> lines.add("LocalForward " + PortForward.local(value).listed());
        case 'l' -> lines.add("User " + value);
        case 'm' -> lines.add("MACs " + value);
        case 'o' -> lines.add(value);
        case 'P' -> lines.add("Tag " + value);
        case 'p' -> lines.add("Port " + value);
        case 'R' -> lines.add("RemoteForward " + PortForward.remote(value).listed());
        case 'S' -> lines.add((isSession(value) ? "HoldfastSession " : "ControlPath ") + value);
        case 'W' -> forwardTo(value);
        default -> throw new BadValue("-" + letter + " is not supported");
      }
    }

    /** Sockets of shared connections, which -S is for with ssh, are paths. */
    private static boolean isSession(String value) {
      return KeptSession.isName(value) && !value.equals("none");
    }

    private void forwardTo(String value) throws BadValue {
      forward = Optional.of(PortForward.place(value));
      lines.add("SessionType none");
      lines.add("RequestTTY no");
      lines.add("ExitOnForwardFailure yes");
      lines.add("ClearAllForwardings yes");
    }

    private void flag(char letter) {
      switch (letter) {
        case '4' -> lines.add("AddressFamily inet");
        case '6' -> lines.add("AddressFamily inet6");
        case 'A' -> lines.add("ForwardAgent yes");
        case 'a' -> lines.add("ForwardAgent no");
        case 'C' -> lines.add("Compression yes");
        case 'f' -> {
          lines.add("ForkAfterAuthentication yes");
          lines.add("StdinNull yes");
        }
        case 'G' -> action = Action.LIST;
        case 'g' -> lines.add("GatewayPorts yes");
        case 'N' -> lines.add("SessionType none");
        case 'n' -> lines.add("StdinNull yes");
        case 'q' -> lines.add("LogLevel QUIET");
        case 's' -> lines.add("SessionType subsystem");
        case 'T' -> lines.add("RequestTTY no");
        case 't' -> ttys++;
        case 'V' -> action = Action.VERSION;
        case 'v' -> verbosity++;
        case 'X' -> lines.add("ForwardX11 yes");
        case 'Y' -> {
          lines.add("ForwardX11 yes");
          lines.add("ForwardX11Trusted yes");
        }
        case 'x' -> lines.add("ForwardX11 no");
        default -> {}
      }
    }
  }
}
