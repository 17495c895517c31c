package dev.holdfast.client;

import dev.holdfast.ssh.SshKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * A public key as bytes, the way it travels and stands in files (RFC 4253 6.6). Two are equal if
 * their bytes are.
 */
final class KeyBytes {
  private static final int MOST_TYPE = 128;

  /** What people are shown for a type (sshkey.c, {@code sshkey_type}). */
  private static final Map<String, String> SHOWN =
      Map.of(
          "ssh-ed25519", "ED25519",
          "ssh-rsa", "RSA",
          "ssh-dss", "DSA",
          "ecdsa-sha2-nistp256", "ECDSA",
          "ecdsa-sha2-nistp384", "ECDSA",
          "ecdsa-sha2-nistp521", "ECDSA",
          "sk-ssh-ed25519@openssh.com", "ED25519-SK",
          "sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK");

  private final String type;
  private final byte[] blob;

  private KeyBytes(String type, byte[] blob) {
    this.type = type;
    this.blob = blob;
  }

  static KeyBytes of(PublicKey key) {
    String[] words = SshKeys.line(key).split(" ", 2);
    return new KeyBytes(words[0], Base64.getDecoder().decode(words[1]));
  }

  /** The key that a line holds: its type, and base64 that begins with the same type. */
  static KeyBytes parse(String type, String base64) throws BadValue {
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BadValue("the key is not base64", e);
    }
    if (blob.length < Integer.BYTES) {
      throw new BadValue("the key is cut short");
    }
    int length = ByteBuffer.wrap(blob).getInt();
    if (length < 1 || length > MOST_TYPE || length > blob.length - Integer.BYTES) {
      throw new BadValue("the key has no type");
    }
    String inside = new String(blob, Integer.BYTES, length, StandardCharsets.US_ASCII);
    if (!inside.equals(type)) {
      throw new BadValue("the key is not of the type that its line says");
    }
    return new KeyBytes(type, blob);
  }

  String type() {
    return type;
  }

  /** The type as people are shown it. */
  String shownType() {
    String shown = SHOWN.get(type);
    return shown == null ? type.toUpperCase(Locale.ROOT) : shown;
  }

  String base64() {
    return Base64.getEncoder().encodeToString(blob);
  }

  /**
   * As ssh prints it.
   *
   * @param hash SHA256 or MD5
   */
  String fingerprint(String hash) {
    try {
      byte[] digest =
          MessageDigest.getInstance(hash.equals("MD5") ? "MD5" : "SHA-256").digest(blob);
      return hash.equals("MD5")
          ? "MD5:" + HexFormat.ofDelimiter(":").formatHex(digest)
          : "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has these", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyBytes key && Arrays.equals(blob, key.blob);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(blob);
  }

  @Override
  public String toString() {
    return type + " " + fingerprint("SHA256");
  }
}
