package dev.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A file of ssh_config(5), read line by line into a {@link ConfigPass}. Confined to its reader. */
final class ConfigFile {
  /** Files that include each other. */
  static final int MOST_DEPTH = 16;

  /** Bytes of one file. */
  static final int MOST_BYTES = 1 << 20;

  /** Files in one pass, however they are included. */
  static final int MOST_FILES = 2000;

  private static final int WRITABLE_BY_OTHERS = 022;
  private static final int PERMISSIONS = 0777;

  private final ConfigPass pass;
  private final boolean isUsers;
  private int files;

  /**
   * A reader.
   *
   * @param isUsers whether the file is the user's and not the system's: relative paths differ
   */
  ConfigFile(ConfigPass pass, boolean isUsers) {
    this.pass = pass;
    this.isUsers = isUsers;
  }

  /** Reads a file that must be there. */
  void readNamed(Path file) throws ConfigFailure {
    byte[] bytes;
    try {
      bytes = bytes(file);
    } catch (IOException e) {
      throw new ConfigFailure("Can't open user config file " + file + ": " + e.getMessage(), e);
    }
    readLines(file, bytes, new Block(true, false), 0);
  }

  /** Reads a file that need not be there. */
  void readIfThere(Path file, boolean checked) throws ConfigFailure {
    if (!Files.isReadable(file)) {
      return;
    }
    read(file, checked, new Block(true, false), 0);
  }

  /**
   * Whose lines count.
   *
   * @param never if the file was included by a block that does not count, whatever it says
   */
  private record Block(boolean active, boolean never) {}

  private void read(Path file, boolean checked, Block block, int depth) throws ConfigFailure {
    try {
      if (checked) {
        checkOwner(file);
      }
      readLines(file, bytes(file), block, depth);
    } catch (ConfigFailure e) {
      throw e;
    } catch (IOException e) {
      throw new ConfigFailure("Can't open user config file " + file + ": " + e.getMessage(), e);
    }
  }

  private void readLines(Path file, byte[] bytes, Block start, int depth) throws ConfigFailure {
    if (depth > MOST_DEPTH || ++files > MOST_FILES) {
      throw new ConfigFailure(file + ": too many recursive configuration includes");
    }
    Block block = start;
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      block = line(line, file + " line " + number, block, depth);
    }
  }

  private Block line(String line, String place, Block block, int depth) throws ConfigFailure {
    try {
      ConfigWords words = ConfigWords.of(line);
      if (words == null) {
        return block;
      }
      Block next =
          switch (words.keyword()) {
            case "host" -> new Block(isHost(words) && !block.never, block.never);
            case "match" ->
                new Block(new MatchLine(pass).holds(words) && !block.never, block.never);
            case "include" -> {
              include(words, block, depth);
              yield block;
            }
            default -> {
              ConfigLine.read(pass.draft(), pass.here(), words, block.active, place);
              yield block;
            }
          };
      words.checkEnd();
      return next;
    } catch (ConfigFailure e) {
      throw e;
    } catch (BadValue e) {
      throw ConfigFailure.at(place, e);
    } catch (IOException e) {
      throw ConfigFailure.at(place, new BadValue(String.valueOf(e.getMessage()), e));
    }
  }

  private boolean isHost(ConfigWords words) throws BadValue {
    boolean matches = false;
    for (String pattern : words.all()) {
      boolean negated = pattern.startsWith("!");
      if (Wildcard.matches(pass.host(), negated ? pattern.substring(1) : pattern)) {
        if (negated) {
          return false;
        }
        matches = true;
      }
    }
    return matches;
  }

  private void include(ConfigWords words, Block block, int depth) throws BadValue, IOException {
    for (String word : words.all()) {
      String path = pass.tokens().expand(word, true, true);
      if (path.startsWith("~") && !isUsers) {
        throw new BadValue("bad include path " + path);
      }
      for (Path file : Glob.files(anchored(path))) {
        if (Files.exists(file)) {
          read(file, true, new Block(block.active, !block.active), depth + 1);
        }
      }
    }
  }

  private String anchored(String path) throws BadValue {
    if (path.startsWith("/") || path.startsWith("~")) {
      return pass.here().expandHome(path);
    }
    return (isUsers ? pass.here().home().resolve(".ssh") : pass.here().systemConfig().getParent())
        + "/"
        + path;
  }

  /** Who can write such a file can run commands as its reader. */
  private void checkOwner(Path file) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,mode");
    long owner = Integer.toUnsignedLong((Integer) attributes.getOrDefault("uid", 0));
    int mode = (Integer) attributes.getOrDefault("mode", 0) & PERMISSIONS;
    if ((owner != 0 && owner != pass.here().uid()) || (mode & WRITABLE_BY_OTHERS) != 0) {
      throw new ConfigFailure(
          "Bad owner or permissions on " + file + ": only you may be able to write it.");
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it is larger than " + (MOST_BYTES >> 10) + " KiB");
      }
      return bytes;
    }
  }
}
