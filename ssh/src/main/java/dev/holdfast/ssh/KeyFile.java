package dev.holdfast.ssh;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.loader.openssh.kdf.BCryptKdfOptions;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * A private key in a file, in any of the formats of ssh-keygen: OpenSSH's own, PEM and PKCS #8,
 * with or without a passphrase.
 */
public final class KeyFile {
  /** Bytes of a file. */
  static final int MOST_BYTES = 1 << 20;

  /** Rounds of bcrypt that are computed for a passphrase; ssh-keygen's default is 16 to 24. */
  static final int MOST_ROUNDS = 4096;

  private static final int FOR_OTHERS = 077;
  private static final int PERMISSIONS = 0777;

  private final Path file;

  public KeyFile(Path file) {
    this.file = file;
  }

  /** Where it is. */
  public Path path() {
    return file;
  }

  /** What came of reading a file. */
  public sealed interface Read {
    /** The key. */
    record Key(KeyPair pair) implements Read {}

    /** There is no such file. */
    record Missing() implements Read {}

    /** Nobody gave the passphrase. */
    record Locked() implements Read {}

    /** It is not to be used; the text says why, in ssh's words. */
    record Unusable(String why) implements Read {}
  }

  /**
   * Reads the key.
   *
   * @param asker for the passphrase, if there is one
   * @param tries how often it is asked
   */
  public Read read(PassphraseAsker asker, int tries) {
    byte[] bytes = null;
    try {
      Optional<String> tooOpen = tooOpen();
      if (tooOpen.isPresent()) {
        return new Read.Unusable(tooOpen.get());
      }
      bytes = bytes(file);
      return parse(bytes, new Passphrases(file, asker, tries));
    } catch (NoSuchFileException e) {
      return new Read.Missing();
    } catch (IOException e) {
      return new Read.Unusable("Load key \"" + file + "\": it can't be read");
    } finally {
      if (bytes != null) {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }

  private Read parse(byte[] bytes, Passphrases passphrases) {
    BCryptKdfOptions.setMaxAllowedRounds(MOST_ROUNDS);
    try {
      NamedResource name = NamedResource.ofName(file.toString());
      Iterable<KeyPair> pairs =
          SecurityUtils.loadKeyPairIdentities(
              null, name, new ByteArrayInputStream(bytes), passphrases);
      Iterator<KeyPair> all = pairs == null ? null : pairs.iterator();
      if (all != null && all.hasNext()) {
        return new Read.Key(all.next());
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Said below; the library's words could show parts of the file.
    }
    return passphrases.wereAsked
        ? new Read.Locked()
        : new Read.Unusable("Load key \"" + file + "\": invalid format");
  }

  /** The big warning if others than the owner may read the file, as ssh gives it. */
  private Optional<String> tooOpen() throws IOException {
    Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,mode");
    int mode = (Integer) attributes.getOrDefault("mode", 0) & PERMISSIONS;
    Object owner = attributes.getOrDefault("uid", -1);
    boolean isOurs = owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    if (!isOurs || (mode & FOR_OTHERS) == 0) {
      return Optional.empty();
    }
    String rule = "@".repeat(59);
    return Optional.of(
        """
        %s
        @         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
        %s
        Permissions 0%03o for '%s' are too open.
        It is required that your private key files are NOT accessible by others.
        This private key will be ignored.\
        """
            .formatted(rule, rule, mode, file));
  }

  /** The public half, which can be offered before the private one is needed; from its own file. */
  public Optional<PublicKey> publicHalf() {
    return publicKey(Path.of(file + ".pub"));
  }

  /** The certificate beside the key. */
  public Optional<PublicKey> certificate() {
    return publicKey(Path.of(file + "-cert.pub")).filter(OpenSshCertificate.class::isInstance);
  }

  /** The key or certificate on the first line of a file, if it is one. */
  public static Optional<PublicKey> publicKey(Path file) {
    try {
      String line = new String(bytes(file), java.nio.charset.StandardCharsets.UTF_8);
      PublicKeyEntry entry = PublicKeyEntry.parsePublicKeyEntry(line.split("\n", 2)[0].strip());
      return Optional.ofNullable(entry)
          .map(present -> {
            try {
              return present.resolvePublicKey(null, Map.of(), null);
            } catch (IOException | GeneralSecurityException e) {
              return null;
            }
          });
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("too large");
      }
      return bytes;
    }
  }

  /** Asks so many times and no more; an empty answer ends it, as with ssh. */
  private static final class Passphrases implements FilePasswordProvider {
    private final String prompt;
    private final PassphraseAsker asker;
    private final int tries;
    private boolean wereAsked;
    private boolean givenUp;

    Passphrases(Path file, PassphraseAsker asker, int tries) {
      this.prompt = "Enter passphrase for key '" + file + "': ";
      this.asker = asker;
      this.tries = tries;
    }

    @Override
    public @org.jspecify.annotations.Nullable String getPassword(
        SessionContext session, NamedResource resource, int index) {
      wereAsked = true;
      char[] answer = index < tries ? asker.ask(prompt) : null;
      if (answer == null || answer.length == 0) {
        givenUp = true;
        return null;
      }
      String passphrase = new String(answer);
      Arrays.fill(answer, '\0');
      return passphrase;
    }

    @Override
    public ResourceDecodeResult handleDecodeAttemptResult(
        SessionContext session,
        NamedResource resource,
        int index,
        String password,
        @org.jspecify.annotations.Nullable Exception failure) {
      boolean again = failure != null && !givenUp && index + 1 < tries;
      return again ? ResourceDecodeResult.RETRY : ResourceDecodeResult.TERMINATE;
    }
  }
}
