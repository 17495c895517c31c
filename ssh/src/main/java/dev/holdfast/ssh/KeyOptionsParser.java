package dev.holdfast.ssh;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options before a key, to sshd's grammar: names in any case, separated by commas without
 * spaces, values in double quotes, in which {@code \"} is a double quote (sshd(8)). Confined to its
 * caller, for one list.
 */
final class KeyOptionsParser {
  /** Variables that one line may set, as many as environments usually have. */
  static final int MOST_VARIABLES = 1_024;

  /** Hosts and ports that one line may name, of each kind (OpenSSH: SSHD_MAX_PERMIT). */
  static final int MOST_PORTS = 4_096;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss").withResolverStyle(ResolverStyle.STRICT);

  private final String text;
  private int at;

  private boolean authority;
  private boolean pty = true;
  private boolean portForwarding = true;
  private boolean agentForwarding = true;
  private boolean x11Forwarding = true;
  private boolean userRc = true;
  private boolean touch = true;
  private boolean verify;
  private @Nullable String command;
  private @Nullable List<String> principals;
  private @Nullable List<String> from;
  private @Nullable Instant validBefore;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<PermittedPort> permitOpen = new ArrayList<>();
  private final List<PermittedPort> permitListen = new ArrayList<>();

  KeyOptionsParser(String text) {
    this.text = text;
  }

  KeyOptions parse() throws MalformedKeyException {
    while (at < text.length()) {
      option();
      if (at < text.length()) {
        comma();
      }
    }
    Permissions permissions =
        new Permissions(
            pty,
            portForwarding,
            agentForwarding,
            x11Forwarding,
            userRc,
            command,
            environment,
            permitOpen,
            permitListen,
            validBefore,
            touch,
            verify);
    return new KeyOptions(authority, principals, from, null, permissions);
  }

  private void comma() throws MalformedKeyException {
    if (text.charAt(at) != ',') {
      throw new MalformedKeyException("it has an option that is not known");
    }
    at++;
    if (at == text.length()) {
      throw new MalformedKeyException("its options end with a comma");
    }
  }

  private void option() throws MalformedKeyException {
    if (skip("command=")) {
      command = once(command, value());
    } else if (skip("principals=")) {
      principals = list(once(principals, value()));
    } else if (skip("from=")) {
      from = list(once(from, value()));
    } else if (skip("expiry-time=")) {
      validBefore = earlier(time(value()));
    } else if (skip("environment=")) {
      variable(value());
    } else if (skip("permitopen=")) {
      permit(permitOpen, PermittedPort.parse(value(), false));
    } else if (skip("permitlisten=")) {
      permit(permitListen, PermittedPort.parse(value(), true));
    } else if (skip("tunnel=")) {
      // There are no tunnel devices here, so whichever it names is refused anyway.
      value();
    } else {
      flag();
    }
  }

  private void flag() throws MalformedKeyException {
    if (skip("restrict")) {
      pty = false;
      portForwarding = false;
      agentForwarding = false;
      x11Forwarding = false;
      userRc = false;
    } else if (skip("cert-authority")) {
      authority = true;
    } else {
      boolean on = !skip("no-");
      if (skip("port-forwarding")) {
        portForwarding = on;
      } else if (skip("agent-forwarding")) {
        agentForwarding = on;
      } else if (skip("x11-forwarding")) {
        x11Forwarding = on;
      } else if (skip("pty")) {
        pty = on;
      } else if (skip("user-rc")) {
        userRc = on;
      } else if (skip("touch-required")) {
        touch = on;
      } else if (skip("verify-required")) {
        verify = on;
      } else {
        throw new MalformedKeyException("it has an option that is not known");
      }
    }
  }

  private boolean skip(String word) {
    boolean found = text.regionMatches(true, at, word, 0, word.length());
    if (found) {
      at += word.length();
    }
    return found;
  }

  private String value() throws MalformedKeyException {
    if (at == text.length() || text.charAt(at) != '"') {
      throw new MalformedKeyException("an option's value has no quote before it");
    }
    at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.startsWith("\\\"", at)) {
        at++;
      }
      value.append(text.charAt(at++));
    }
    if (at == text.length()) {
      throw new MalformedKeyException("an option's value has no quote behind it");
    }
    at++;
    return value.toString();
  }

  private static String once(@Nullable Object before, String value) throws MalformedKeyException {
    if (before != null) {
      throw new MalformedKeyException("it has an option twice");
    }
    return value;
  }

  private static List<String> list(String value) {
    return List.of(value.split(",", -1));
  }

  private static void permit(List<PermittedPort> permitted, PermittedPort one)
      throws MalformedKeyException {
    if (permitted.size() == MOST_PORTS) {
      throw new MalformedKeyException("it names more than " + MOST_PORTS + " ports");
    }
    permitted.add(one);
  }

  /** Of two for the same name the first counts, as with OpenSSH. */
  private void variable(String assignment) throws MalformedKeyException {
    int equals = assignment.indexOf('=');
    if (equals < 0 || !assignment.substring(0, equals).matches("[A-Za-z0-9_]+")) {
      throw new MalformedKeyException("its environment is not NAME=value");
    }
    if (environment.size() == MOST_VARIABLES) {
      throw new MalformedKeyException("it sets more than " + MOST_VARIABLES + " variables");
    }
    environment.putIfAbsent(assignment.substring(0, equals), assignment.substring(equals + 1));
  }

  private Instant earlier(Instant time) {
    return validBefore != null && validBefore.isBefore(time) ? validBefore : time;
  }

  /** YYYYMMDD[Z] or YYYYMMDDHHMM[SS][Z]; without Z in the machine's own time zone. */
  private static Instant time(String value) throws MalformedKeyException {
    boolean universal = value.endsWith("Z") || value.endsWith("z");
    String digits = universal ? value.substring(0, value.length() - 1) : value;
    String padded =
        switch (digits.length()) {
          case 8 -> digits + "000000";
          case 12 -> digits + "00";
          default -> digits;
        };
    if (!padded.matches("\\d{14}")) {
      throw new MalformedKeyException("its expiry-time is not YYYYMMDD or YYYYMMDDHHMM");
    }
    try {
      return LocalDateTime.parse(padded, DATE)
          .atZone(universal ? ZoneOffset.UTC : ZoneId.systemDefault())
          .toInstant();
    } catch (DateTimeException e) {
      throw new MalformedKeyException("its expiry-time is not a time");
    }
  }
}
