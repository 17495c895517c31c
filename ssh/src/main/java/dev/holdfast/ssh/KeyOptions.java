package dev.holdfast.ssh;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of one line of {@code authorized_keys} or of a list of principals, or those of a
 * certificate.
 *
 * @param authority whether the key is not for logging in but for certifying
 * @param principals of whom a certificate must name one; null if the user's name counts
 * @param from patterns for where the client may come from; null if anywhere
 * @param networks of which one must have the client's address; null if anywhere
 */
record KeyOptions(
    boolean authority,
    @Nullable List<String> principals,
    @Nullable List<String> from,
    @Nullable String networks,
    Permissions permissions) {
  static final KeyOptions NONE = new KeyOptions(false, null, null, null, Permissions.ALL);

  static KeyOptions parse(String options) throws MalformedKeyException {
    return new KeyOptionsParser(options).parse();
  }

  /** Those of a certificate: nothing is allowed that it does not say (PROTOCOL.certkeys). */
  static KeyOptions of(UserCertificate certificate) throws MalformedKeyException {
    String command = null;
    String networks = null;
    boolean verify = false;
    for (Map.Entry<String, byte[]> option : certificate.critical().entrySet()) {
      switch (option.getKey()) {
        case "force-command" -> command = text(option.getValue());
        case "source-address" -> networks = networks(text(option.getValue()));
        case "verify-required" -> verify = flag(option.getValue());
        default ->
            throw new MalformedKeyException("it has a critical option that is not known here");
      }
    }
    Map<String, byte[]> extensions = certificate.extensions();
    Permissions permissions =
        new Permissions(
            extensions.containsKey("permit-pty"),
            extensions.containsKey("permit-port-forwarding"),
            extensions.containsKey("permit-agent-forwarding"),
            extensions.containsKey("permit-X11-forwarding"),
            extensions.containsKey("permit-user-rc"),
            command,
            Map.of(),
            List.of(),
            List.of(),
            null,
            !extensions.containsKey("no-touch-required"),
            verify);
    return new KeyOptions(false, null, null, networks, permissions);
  }

  /**
   * Whether a client from {@code address} may use it now.
   *
   * @param host the client's name, or its address where names are not looked up
   */
  boolean allows(InetAddress address, String host, Instant now) {
    Instant end = permissions.validBefore();
    return (end == null || !end.isBefore(now))
        && (from == null || AddressPattern.ask(from, address, host) == NamePattern.Verdict.YES)
        && (networks == null || AddressPattern.isInNetworks(networks, address));
  }

  private static boolean flag(byte[] value) throws MalformedKeyException {
    if (value.length != 0) {
      throw new MalformedKeyException("it has an option with a value that takes none");
    }
    return true;
  }

  private static String text(byte[] value) throws MalformedKeyException {
    Wire wire = new Wire(value);
    String text = wire.text();
    wire.end();
    return text;
  }

  private static String networks(String list) throws MalformedKeyException {
    if (!AddressPattern.areNetworks(list)) {
      throw new MalformedKeyException("its source-address is not a list of networks");
    }
    return list;
  }
}
