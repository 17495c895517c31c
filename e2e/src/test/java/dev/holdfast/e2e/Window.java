package dev.holdfast.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code holdfast open} with a Chromium that has no screen, for a person with a home.
 *
 * @param home where all is kept
 * @param launcher what leads to where the window is
 */
record Window(Path home, List<String> launcher) {
  /** What Chromium is told where there is neither a screen nor a sandbox for root. */
  static final List<String> HEADLESS =
      List.of("--headless=new", "--no-sandbox", "--disable-dev-shm-usage");

  /** One whose person has nothing yet. */
  static Window fresh(List<String> launcher) {
    return new Window(Scratch.directory("window"), launcher);
  }

  /**
   * Opens it.
   *
   * @param sshOptions those of ssh(1)
   * @param words the login, and options and an address as the test wants
   */
  Program open(List<String> sshOptions, String... words) {
    List<String> all = new ArrayList<>(List.of("open", "--browser=chromium"));
    HEADLESS.forEach(it -> all.add("--browser-option=" + it));
    all.addAll(sshOptions);
    all.addAll(Arrays.asList(words));
    return Holdfast.command(all.toArray(String[]::new))
        .startedBy(launcher)
        .with("HOLDFAST_JAVA_OPTS", "-Duser.home=" + home)
        .with("HOME", home.toString())
        .with("XDG_RUNTIME_DIR", home.toString())
        .start();
  }

  /** Ends it as a person does. */
  static void end(Program window) {
    window.signal("TERM");
    Await.until(() -> "the end of " + window, Command.USUAL_DEADLINE, () -> !window.alive());
  }

  /** A file of the only login. */
  Path file(String name) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve(".local/share/holdfast/browser"), 2)) {
      return files.filter(it -> it.endsWith(name)).findFirst().orElseThrow();
    }
  }

  /** The port of its door. */
  int door() throws IOException {
    return Integer.parseInt(Files.readString(file("port")).strip());
  }
}
