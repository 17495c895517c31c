package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Keys that nobody may log in with, whoever believes them (sshd_config(5), RevokedKeys): public
 * keys, one a line. A file that can't be read revokes every key, as with sshd.
 */
final class RevokedKeys {
  /** How a key revocation list of ssh-keygen's begins (PROTOCOL.krl). */
  private static final byte[] KRL = "SSHKRL\n\0".getBytes(US_ASCII);

  private final Set<SshPublicKey> keys;

  private RevokedKeys(Set<SshPublicKey> keys) {
    this.keys = keys;
  }

  static RevokedKeys read(Path file) throws IOException {
    byte[] bytes = OwnFile.read(file);
    if (Arrays.equals(Arrays.copyOf(bytes, KRL.length), KRL)) {
      throw new IOException("key revocation lists are not read, only public keys, one a line");
    }
    Set<SshPublicKey> keys = new HashSet<>();
    int number = 0;
    for (String line : ByteText.decode(bytes).split("\r?\n", -1)) {
      number++;
      try {
        AuthorizedKey key = AuthorizedKey.parse(line);
        if (key != null) {
          keys.add(key.key());
        }
      } catch (MalformedKeyException e) {
        throw new IOException("line " + number + " is no key: " + e.getMessage());
      }
    }
    return new RevokedKeys(keys);
  }

  boolean has(SshPublicKey key) {
    return keys.contains(key);
  }
}
