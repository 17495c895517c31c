package dev.holdfast.client;

import java.util.Set;

/**
 * A kind of algorithm, with every name that OpenSSH knows of it: others are a mistake in the
 * configuration, while a known one that is not there is only not offered.
 */
@SuppressWarnings("ImmutableEnumChecker") // The sets can't be changed.
enum AlgorithmKind {
  CIPHER(
      "Bad SSH2 cipher spec",
      false,
      "3des-cbc aes128-cbc aes192-cbc aes256-cbc aes128-ctr aes192-ctr aes256-ctr"
          + " aes128-gcm@openssh.com aes256-gcm@openssh.com chacha20-poly1305@openssh.com"
          + " rijndael-cbc@lysator.liu.se none"),
  MAC(
      "Bad SSH2 MAC spec",
      false,
      "hmac-sha1 hmac-sha1-96 hmac-sha2-256 hmac-sha2-512 hmac-md5 hmac-md5-96"
          + " umac-64@openssh.com umac-128@openssh.com hmac-sha1-etm@openssh.com"
          + " hmac-sha1-96-etm@openssh.com hmac-sha2-256-etm@openssh.com"
          + " hmac-sha2-512-etm@openssh.com hmac-md5-etm@openssh.com hmac-md5-96-etm@openssh.com"
          + " umac-64-etm@openssh.com umac-128-etm@openssh.com"),
  KEY_EXCHANGE(
      "Bad SSH2 KexAlgorithms",
      false,
      "diffie-hellman-group1-sha1 diffie-hellman-group14-sha1 diffie-hellman-group14-sha256"
          + " diffie-hellman-group16-sha512 diffie-hellman-group18-sha512"
          + " diffie-hellman-group-exchange-sha1 diffie-hellman-group-exchange-sha256"
          + " ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521 curve25519-sha256"
          + " curve25519-sha256@libssh.org sntrup761x25519-sha512"
          + " sntrup761x25519-sha512@openssh.com mlkem768x25519-sha256"),
  KEY(
      "Bad key types",
      true,
      "ssh-ed25519 ssh-ed25519-cert-v01@openssh.com sk-ssh-ed25519@openssh.com"
          + " sk-ssh-ed25519-cert-v01@openssh.com ecdsa-sha2-nistp256"
          + " ecdsa-sha2-nistp256-cert-v01@openssh.com ecdsa-sha2-nistp384"
          + " ecdsa-sha2-nistp384-cert-v01@openssh.com ecdsa-sha2-nistp521"
          + " ecdsa-sha2-nistp521-cert-v01@openssh.com sk-ecdsa-sha2-nistp256@openssh.com"
          + " sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"
          + " webauthn-sk-ecdsa-sha2-nistp256@openssh.com ssh-dss ssh-dss-cert-v01@openssh.com"
          + " ssh-rsa ssh-rsa-cert-v01@openssh.com rsa-sha2-256"
          + " rsa-sha2-256-cert-v01@openssh.com rsa-sha2-512"
          + " rsa-sha2-512-cert-v01@openssh.com");

  private final String complaint;
  private final boolean takesPatterns;
  private final Set<String> names;

  AlgorithmKind(String complaint, boolean takesPatterns, String names) {
    this.complaint = complaint;
    this.takesPatterns = takesPatterns;
    this.names = Set.of(names.split(" ", -1));
  }

  /** The list that {@code text} writes (readconf.c); what is taken away need not be known. */
  AlgorithmList read(String text) throws BadValue {
    boolean isChange = text.startsWith("+") || text.startsWith("^");
    if (!text.startsWith("-")) {
      for (String name : text.substring(isChange ? 1 : 0).split(",", -1)) {
        if (!isKnown(name)) {
          throw new BadValue("%s '%s'.".formatted(complaint, text));
        }
      }
    }
    return new AlgorithmList(text);
  }

  private boolean isKnown(String name) {
    return names.contains(name)
        || (takesPatterns && names.stream().anyMatch(one -> Wildcard.matches(one, name)));
  }
}
