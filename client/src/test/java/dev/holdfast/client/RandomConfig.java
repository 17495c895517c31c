package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A configuration made of pieces, the same for the same seed. */
final class RandomConfig {
  private static final List<String> HOSTS =
      List.of("example", "www.example.org", "db1", "10.1.2.3");
  private static final List<String> PATTERNS =
      List.of("*", "example", "ex*", "!example", "*.org", "db?", "!db*", "10.*", "none", "w*.ex*g");
  private static final List<String> LINES =
      List.of(
          "Port 2201",
          "Port 2202",
          "User ann",
          "User bob",
          "HostName %h.net",
          "HostName 10.9.8.7",
          "HostName other",
          "IdentityFile ~/.ssh/a",
          "IdentityFile \"~/.ssh/b c\"",
          "CertificateFile ~/c",
          "LocalForward 8001 a:1",
          "LocalForward 8002 [::1]:2",
          "RemoteForward 9001 a:1",
          "DynamicForward 1080",
          "SendEnv LANG LC_*",
          "SendEnv -LC_*",
          "SetEnv A=1",
          "SetEnv B=2 C=3",
          "ProxyJump j1,j2",
          "ProxyJump none",
          "ProxyCommand nc %h %p",
          "ProxyCommand none",
          "ServerAliveInterval 1m30s",
          "ServerAliveCountMax 5",
          "ForwardAgent yes",
          "Compression yes",
          "BatchMode yes",
          "StrictHostKeyChecking accept-new",
          "StrictHostKeyChecking no",
          "UserKnownHostsFile ~/k-%h ~/k2",
          "HostKeyAlias alias",
          "LogLevel VERBOSE",
          "RequestTTY force",
          "RemoteCommand uptime %r",
          "ControlPath ~/.c-%r@%h:%p",
          "ControlPersist 5m",
          "IdentitiesOnly yes",
          "IdentityAgent ~/agent",
          "PreferredAuthentications publickey",
          "ConnectTimeout 10",
          "ConnectTimeout none",
          "EscapeChar none",
          "TCPKeepAlive no",
          "RekeyLimit 512M 1h",
          "RekeyLimit 1G",
          "ExitOnForwardFailure yes",
          "GatewayPorts yes",
          "NumberOfPasswordPrompts 1",
          "AddKeysToAgent ask",
          "UpdateHostKeys no",
          "IgnoreUnknown Foo",
          "AddressFamily inet",
          "SessionType none",
          "StdinNull yes");

  private final SplittableRandom random;
  private final String host;
  private final String text;
  private final List<String> options = new ArrayList<>();

  RandomConfig(long seed) {
    random = new SplittableRandom(seed);
    host = one(HOSTS);
    StringBuilder all = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      all.append(line()).append('\n');
    }
    text = all.toString();
    for (int i = random.nextInt(3); i > 0; i--) {
      options.add(one(LINES));
    }
  }

  String host() {
    return host;
  }

  String text() {
    return text;
  }

  List<String> options() {
    return options;
  }

  private String line() {
    return switch (random.nextInt(8)) {
      case 0 -> "Host " + one(PATTERNS) + " " + one(PATTERNS);
      case 1 -> match();
      case 2 -> "# " + one(LINES);
      default -> dressed(one(LINES));
    };
  }

  private String match() {
    return switch (random.nextInt(7)) {
      case 0 -> "Match all";
      case 1 -> "Match host " + one(PATTERNS) + "," + one(PATTERNS);
      case 2 -> "Match originalhost " + one(PATTERNS) + " user ann,b*";
      case 3 -> "Match !user ann host \"" + one(HOSTS) + ",*.net\"";
      case 4 -> "Match final";
      case 5 -> "Match !localuser x !host " + one(PATTERNS);
      default -> "Match canonical host other";
    };
  }

  /** The same line as somebody else would have written it. */
  private String dressed(String line) {
    int blank = line.indexOf(' ');
    boolean isWhole = line.matches("(ProxyCommand|RemoteCommand|ProxyJump) .*");
    return switch (random.nextInt(5)) {
      case 0 -> "\t" + line + "  ";
      case 1 -> line.substring(0, blank) + "=" + line.substring(blank + 1);
      case 2 -> line.substring(0, blank).toUpperCase(java.util.Locale.ROOT) + line.substring(blank);
      case 3 -> isWhole ? line : line + " # why";
      default -> line;
    };
  }

  private <T> T one(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
