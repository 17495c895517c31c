import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Fetches asciinema-player and xterm.js, as npm has them, into the resources of the local pages,
 * and checks that they are what was looked at: {@code java build/FetchPlayer.java}. With {@code
 * --check} nothing is fetched. npm asks the registry that it is configured for.
 */
final class FetchPlayer {
  private static final Path TARGET =
      Path.of("browser/src/main/resources/dev/holdfast/browser/vendor");
  private static final int BLOCK = 512;
  private static final int SIZE_AT = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int NAME_LENGTH = 100;

  /** Where a file of the package goes, and its SHA-256. */
  private record File(String name, String sha256) {}

  private static final Map<String, File> PLAYER =
      Map.of(
          "package/dist/bundle/asciinema-player.min.js",
          new File(
              "asciinema-player.min.js",
              "a13c37632e1b5c49fe9128417b9319a9b5bc64cb457dd5ae52cbba8a3aceb880"),
          "package/dist/bundle/asciinema-player.css",
          new File(
              "asciinema-player.css",
              "f619fe17597043564f03b2c6918b3daf890ee8b912fb408542fba11afade4fdb"),
          "package/LICENSE",
          new File(
              "asciinema-player.LICENSE",
              "63422284ed65be54ab38d8a94e7518d27e222fbb26c9ae4cd984c63926e91c12"));

  private static final Map<String, File> TERMINAL =
      Map.of(
          "package/lib/xterm.mjs",
          new File("xterm.mjs", "b336ec65a086c056d4804b3d4c2347da5663d3f23c3f25be866467bd8857ad59"),
          "package/css/xterm.css",
          new File("xterm.css", "854a7c0fb70e8b1a083c16797ab827299fb18744f5ad34f227b48337e33293c6"),
          "package/LICENSE",
          new File(
              "xterm.LICENSE", "b569f629d00f2626a8100df2a1798210535621e42164dfd426a6fe5aac7b0ccd"));

  /** What is fetched, by the names of packages. */
  private static final Map<String, Map<String, File>> PACKAGES =
      Map.of("asciinema-player@3.17.0", PLAYER, "@xterm/xterm@6.0.0", TERMINAL);

  private FetchPlayer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    for (Map.Entry<String, Map<String, File>> each : PACKAGES.entrySet()) {
      if (args.length == 0) {
        fetch(each.getKey(), each.getValue());
      }
      for (File file : each.getValue().values()) {
        check(file, Files.readAllBytes(TARGET.resolve(file.name)));
      }
    }
  }

  private static void fetch(String wanted, Map<String, File> files)
      throws IOException, InterruptedException {
    Path here = Files.createTempDirectory("player");
    Process npm =
        new ProcessBuilder("npm", "pack", "--silent", wanted)
            .directory(here.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String name = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (npm.waitFor() != 0) {
      throw new IOException("npm pack ended with " + npm.exitValue() + ".");
    }
    Path archive = here.resolve(name.lines().toList().getLast());
    Files.createDirectories(TARGET);
    unpack(Files.readAllBytes(archive), files);
    Files.delete(archive);
    Files.delete(here);
  }

  /** Of tar only what npm writes: plain files with short names (POSIX pax, ustar). */
  private static void unpack(byte[] archive, Map<String, File> files) throws IOException {
    byte[] tar = new GZIPInputStream(new ByteArrayInputStream(archive)).readAllBytes();
    int at = 0;
    while (at + BLOCK <= tar.length && tar[at] != 0) {
      String name = text(tar, at, NAME_LENGTH);
      int size = Integer.parseInt(text(tar, at + SIZE_AT, SIZE_LENGTH).strip(), 8);
      File file = files.get(name);
      if (file != null) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(tar, at + BLOCK, size);
        check(file, bytes.toByteArray());
        Files.write(TARGET.resolve(file.name), bytes.toByteArray());
      }
      at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    }
  }

  private static String text(byte[] tar, int at, int length) {
    String text = new String(tar, at, length, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static void check(File file, byte[] bytes) throws IOException {
    try {
      String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      if (!sha256.equals(file.sha256)) {
        throw new IOException(
            "%s has the SHA-256 %s, not %s: it is another."
                .formatted(file.name, sha256, file.sha256));
      }
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every JDK has SHA-256", e);
    }
  }
}
