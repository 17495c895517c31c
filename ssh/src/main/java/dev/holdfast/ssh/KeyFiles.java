package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files and the command that say which keys and principals an account believes. Each is read
 * anew for each key that is shown: what was taken out of a file does not open a door any more.
 * Thread-safe.
 */
final class KeyFiles {
  /** Lines of one file that are read. */
  static final int MOST_LINES = 100_000;

  private static final Logger log = LoggerFactory.getLogger(KeyFiles.class);

  private final ServerSettings settings;
  private final Machine machine;

  KeyFiles(ServerSettings settings, Machine machine) {
    this.settings = settings;
    this.machine = machine;
  }

  /** How one line is read; null for those that say nothing. */
  interface Syntax<T> {
    @Nullable T parse(String line) throws MalformedKeyException;
  }

  /** Every good line about the account's keys: first the command's, then the files'. */
  List<AuthorizedKey> authorizedKeys(User user, SshPublicKey shown) {
    List<AuthorizedKey> keys = new ArrayList<>();
    keys.addAll(parse("AuthorizedKeysCommand", command(user, shown), AuthorizedKey::parse));
    for (String file : settings.get(ServerOption.AUTHORIZED_KEYS_FILE)) {
      keys.addAll(parse(file, read(user, file), AuthorizedKey::parse));
    }
    return keys;
  }

  /** Every good line of {@code file} about the account's principals. */
  List<AuthorizedPrincipal> principals(User user, String file) {
    return parse(file, read(user, file), AuthorizedPrincipal::parse);
  }

  /** The authorities that the server believes; its own files, read with its own rights. */
  List<SshPublicKey> authorities() {
    List<SshPublicKey> keys = new ArrayList<>();
    for (String file : settings.get(ServerOption.TRUSTED_USER_CA_KEYS)) {
      for (AuthorizedKey line : parse(file, readOwn(file), AuthorizedKey::parse)) {
        keys.add(line.key());
      }
    }
    return keys;
  }

  private static <T> List<T> parse(String file, byte[] bytes, Syntax<T> syntax) {
    List<T> found = new ArrayList<>();
    int number = 0;
    for (String line : ByteText.decode(bytes).split("\r?\n", MOST_LINES)) {
      number++;
      try {
        T one = syntax.parse(line);
        if (one != null) {
          found.add(one);
        }
      } catch (MalformedKeyException e) {
        log.info("Line {} of {} is not used: {}.", number, file, e.getMessage());
      }
    }
    return found;
  }

  private byte[] read(User user, String template) {
    try {
      String name = Tokens.of(user).expand(template);
      Path file = Path.of(user.home()).resolve(name);
      boolean strict = settings.get(ServerOption.STRICT_MODES);
      return machine.rights().as(user, () -> UserFile.read(user, file, strict));
    } catch (NoSuchFileException e) {
      return new byte[0];
    } catch (IOException | MalformedKeyException | RuntimeException e) {
      log.info("{} of {} is not used: {}.", template, user.name(), e.getMessage());
      return new byte[0];
    }
  }

  private static byte[] readOwn(String file) {
    try {
      return OwnFile.read(Path.of(file));
    } catch (IOException e) {
      log.error("{} is not used: {}.", file, e.getMessage());
      return new byte[0];
    }
  }

  private byte[] command(User user, SshPublicKey shown) {
    List<String> program = settings.get(ServerOption.AUTHORIZED_KEYS_COMMAND);
    if (program.isEmpty()) {
      return new byte[0];
    }
    try {
      return new KeyCommand(settings, machine).run(user, shown);
    } catch (IOException | MalformedKeyException e) {
      log.error("AuthorizedKeysCommand is not used: {}.", e.getMessage());
      return new byte[0];
    }
  }
}
