package dev.holdfast.browser;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether an administrator has set the browser's proxy, which then can't be another
 * (ProxySettings).
 */
final class ManagedBrowser {
  /** Where policies of Chromium and its kin are on Linux. */
  static final List<Path> POLICIES =
      List.of(
          Path.of("/etc/chromium/policies/managed"),
          Path.of("/etc/opt/chrome/policies/managed"),
          Path.of("/etc/opt/edge/policies/managed"),
          Path.of("/etc/brave/policies/managed"));

  private static final List<String> OF_PROXIES =
      List.of("\"ProxySettings\"", "\"ProxyMode\"", "\"ProxyServer\"");
  private static final int MOST_BYTES = 1 << 20;

  /** What a person can do about it. */
  static final String ADVICE =
      "%s seems to be managed by an administrator who has set its proxy, so it can't be the window"
          + " of %s; use --browser=firefox, or your own browser with --own-browser.";

  private ManagedBrowser() {}

  /** Whether a policy in one of the directories says so. */
  static boolean isSoBy(List<Path> directories) {
    return directories.stream().anyMatch(ManagedBrowser::hasProxyPolicy);
  }

  private static boolean hasProxyPolicy(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : files) {
        if (Files.size(file) <= MOST_BYTES) {
          String text = Files.readString(file);
          if (OF_PROXIES.stream().anyMatch(text::contains)) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      // None, or not ours to read: then it shows when the window does not come up.
    }
    return false;
  }
}
