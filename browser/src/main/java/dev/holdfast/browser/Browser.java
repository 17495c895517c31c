package dev.holdfast.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An installed browser.
 *
 * @param program the file to start
 * @param snap the name of the snap that it comes in, or nothing: it sees only parts of the home
 *     then
 */
record Browser(BrowserKind kind, Path program, Optional<String> snap) {
  private static final List<String> MAC =
      List.of(
          "Chromium.app/Contents/MacOS/Chromium",
          "Google Chrome.app/Contents/MacOS/Google Chrome",
          "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
          "Brave Browser.app/Contents/MacOS/Brave Browser",
          "Firefox.app/Contents/MacOS/firefox");

  private static final List<String> WINDOWS =
      List.of(
          "Google\\Chrome\\Application\\chrome.exe",
          "BraveSoftware\\Brave-Browser\\Application\\brave.exe",
          "Mozilla Firefox\\firefox.exe",
          "Microsoft\\Edge\\Application\\msedge.exe");

  /** A wrapper script that is longer than that is none. */
  private static final int MOST_WRAPPER = 4096;

  /** Where files that programs start may be; an edge to tests. */
  record Places(List<Path> path, List<Path> applications, List<Path> programFiles) {
    static Places of(Map<String, String> environment, Path home) {
      List<Path> path = new ArrayList<>();
      for (String each :
          environment.getOrDefault("PATH", "").split(java.io.File.pathSeparator, 100)) {
        if (!each.isEmpty()) {
          path.add(Path.of(each));
        }
      }
      List<Path> programFiles = new ArrayList<>();
      for (String name : List.of("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")) {
        if (environment.containsKey(name)) {
          programFiles.add(Path.of(environment.get(name)));
        }
      }
      return new Places(
          path, List.of(Path.of("/Applications"), home.resolve("Applications")), programFiles);
    }
  }

  /** All that are installed, the first one to be taken first. */
  static List<Browser> installed(Places places) {
    List<Path> files = new ArrayList<>();
    for (BrowserKind kind : BrowserKind.values()) {
      for (String name : kind.programs()) {
        places.path().forEach(it -> files.add(it.resolve(name)));
      }
    }
    for (String name : MAC) {
      places.applications().forEach(it -> files.add(it.resolve(name)));
    }
    for (String name : WINDOWS) {
      places.programFiles().forEach(it -> files.add(it.resolve(name)));
    }
    return files.stream().filter(Files::isExecutable).map(Browser::of).toList();
  }

  /** The one that a person named: by a path, a program, or a part of its name. */
  static Optional<Browser> named(String name, Places places) {
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      Path file = Path.of(name);
      return Files.isExecutable(file) ? Optional.of(of(file)) : Optional.empty();
    }
    List<Browser> all = installed(places);
    Optional<Browser> exact = all.stream().filter(it -> it.name().equals(name)).findFirst();
    return exact.or(() -> all.stream().filter(it -> it.name().contains(name)).findFirst());
  }

  private static Browser of(Path program) {
    String name = program.getFileName().toString();
    return new Browser(BrowserKind.of(name), program, snap(program, name));
  }

  String name() {
    return program.getFileName().toString();
  }

  private static Optional<String> snap(Path program, String name) {
    try {
      String real = program.toRealPath().toString();
      boolean isSnap =
          real.startsWith("/snap/")
              || program.startsWith("/snap/bin")
              || real.endsWith("/bin/snap")
              || (Files.size(program) <= MOST_WRAPPER
                  && Files.readString(program).contains("/snap/bin/"));
      return isSnap ? Optional.of(name.replace("-browser", "")) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // Not a script, then, and no snap.
    }
  }
}
