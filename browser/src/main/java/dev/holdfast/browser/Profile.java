package dev.holdfast.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A browser's profile for one login: its directory, and the settings by which {@code localhost} is
 * the server's and nothing goes another way. Those of Chromium are options of its command line,
 * since a file can't lift its rule that loopback needs no proxy; those of Firefox are in user.js.
 *
 * @param directory where the browser keeps its things
 * @param windowClass by which a desktop groups the windows (WM_CLASS)
 */
record Profile(Browser browser, Path directory, String windowClass) {
  private static final String START = "http://" + Reach.START + "/";
  private static final String FIRST_SETTINGS = "Default/Preferences";

  /** Where the door is: a port of loopback, or a socket in the file system. */
  sealed interface DoorPlace {
    /** A port. */
    record Port(int number) implements DoorPlace {}

    /** A socket. */
    record Socket(Path path) implements DoorPlace {}
  }

  /** Makes the directory and writes the settings that belong into files. */
  void write(DoorPlace door) throws IOException {
    Files.createDirectories(directory);
    switch (browser.kind()) {
      case CHROMIUM -> writeChromium();
      case FIREFOX -> Files.writeString(directory.resolve("user.js"), firefox(door));
    }
  }

  /** Before the first start only: later the file is the browser's. */
  private void writeChromium() throws IOException {
    Path file = directory.resolve(FIRST_SETTINGS);
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, Resource.text("chromium-preferences.json").replace("{start}", START));
    }
  }

  /** The command that starts the browser with a page, or opens the page in the one that runs. */
  List<String> command(DoorPlace door, List<String> more, String url) {
    List<String> command = new ArrayList<>(List.of(browser.program().toString()));
    switch (browser.kind()) {
      case CHROMIUM -> command.addAll(chromium(door));
      case FIREFOX -> command.addAll(List.of("--profile", directory.toString()));
    }
    command.addAll(more);
    command.add(url);
    return command;
  }

  private List<String> chromium(DoorPlace door) {
    int port =
        switch (door) {
          case DoorPlace.Port it -> it.number();
          case DoorPlace.Socket it -> throw new IllegalArgumentException("no socket: " + it.path());
        };
    return List.of(
        "--user-data-dir=" + directory,
        "--proxy-server=socks5://127.0.0.1:" + port,
        "--proxy-bypass-list=<-loopback>",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--disable-quic",
        "--disable-features=MediaRouter,DnsOverHttps,OptimizationHints,NetworkTimeServiceQuerying",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--class=" + windowClass);
  }

  private static String firefox(DoorPlace door) {
    String socks =
        switch (door) {
          case DoorPlace.Port it -> "127.0.0.1";
          case DoorPlace.Socket it -> "file://" + it.path();
        };
    int port = door instanceof DoorPlace.Port it ? it.number() : 0;
    return Resource.text("firefox-user.js")
        .replace("{start}", START)
        .replace("{socks}", quoted(socks))
        .replace("{port}", Integer.toString(port));
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /**
   * The process that has this profile open, if Chromium left its mark: a link that names machine
   * and pid.
   */
  Optional<ProcessHandle> running() {
    try {
      Path lock = directory.resolve("SingletonLock");
      String owner = Files.readSymbolicLink(lock).toString();
      long pid = ListenerLines.number(owner.substring(owner.lastIndexOf('-') + 1));
      return ProcessHandle.of(pid).filter(this::hasThisProfile);
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /** Arguments by /proc, since the JDK's are cut for long ones. */
  private boolean hasThisProfile(ProcessHandle process) {
    try {
      String arguments =
          Files.readString(
              Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
      return arguments.contains("--user-data-dir=" + directory + "\0");
    } catch (IOException e) {
      return false;
    }
  }
}
