package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Where it stands which keys nobody may log in with, whoever believes them (sshd_config(5),
 * RevokedKeys): public keys, one a line, or a list of ssh-keygen -k. A file that can't be read
 * revokes every key, as with sshd.
 */
final class RevokedKeys {
  private RevokedKeys() {}

  static RevocationList read(Path file) throws IOException {
    byte[] bytes = OwnFile.read(file);
    if (!RevocationList.isOne(bytes)) {
      return RevocationList.of(lines(bytes));
    }
    try {
      return RevocationList.parse(bytes);
    } catch (MalformedKeyException e) {
      throw new IOException("as a key revocation list it is wrong: " + e.getMessage());
    }
  }

  private static Set<SshPublicKey> lines(byte[] bytes) throws IOException {
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
    return keys;
  }
}
