package dev.holdfast.browser;

import dev.holdfast.forward.LoopbackPeers;
import dev.holdfast.forward.Server;
import dev.holdfast.forward.SessionMonitor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The browser window that belongs to a server: an installed browser with a profile for this login,
 * all of whose connections go through a door of its own to that server. For one run.
 */
public final class BrowserWindow {
  /** How long a browser may take until it asks for its first page. */
  static final Duration FIRST_PAGE = Duration.ofSeconds(20);

  /** How long a browser may take to close itself. */
  static final Duration GOODBYE = Duration.ofSeconds(10);

  private static final String START = "http://" + Reach.START + "/";
  private static final Path PROC = Path.of("/proc");

  private final String login;
  private final RoomMaker rooms;
  private final WindowSettings settings;
  private final Consumer<String> tell;
  private final LoginPlace place;
  private final CompletableFuture<Void> came = new CompletableFuture<>();
  private volatile @Nullable ProcessHandle browserProcess;

  private BrowserWindow(
      String login,
      RoomMaker rooms,
      WindowSettings settings,
      Consumer<String> tell,
      LoginPlace place) {
    this.login = login;
    this.rooms = rooms;
    this.settings = settings;
    this.tell = tell;
    this.place = place;
  }

  /**
   * Opens the window and waits until it is closed; or, if the login has one already, opens the
   * address there. All that the browser reaches is in this process.
   *
   * @param tell says to the person what is going on
   * @throws IOException with a sentence for the person, if there can be no window
   */
  public static void run(Server server, WindowSettings settings, Consumer<String> tell)
      throws IOException, InterruptedException {
    RoomMaker rooms = (plan, came) -> new WindowRoom(server, plan, came);
    run(server.name(), rooms, settings, tell);
  }

  /**
   * The same with all that the browser reaches in a confined process.
   *
   * @param monitor of the server
   * @param command the confined process' words, which lead to {@link RoomProcess#run}
   * @param files what that reads
   */
  public static void runConfined(
      SessionMonitor monitor,
      List<String> command,
      List<Path> files,
      WindowSettings settings,
      Consumer<String> tell)
      throws IOException, InterruptedException {
    ConfinedRoom.Program program = new ConfinedRoom.Program(command, files);
    RoomMaker rooms = (plan, came) -> new ConfinedRoom(monitor, program, plan, came, tell);
    run(monitor.name(), rooms, settings, tell);
  }

  private static void run(
      String login, RoomMaker rooms, WindowSettings settings, Consumer<String> tell)
      throws IOException, InterruptedException {
    LoginPlace place = LoginPlace.of(login, settings.environment(), settings.home());
    new BrowserWindow(login, rooms, settings, tell, place).run();
  }

  private void run() throws IOException, InterruptedException {
    Browser browser = choose();
    Profile profile =
        new Profile(browser, place.profile(browser, settings.home()), "holdfast-" + place.key());
    String address = settings.address().isPresent() ? address(settings.address().get()) : START;
    CompletableFuture<Profile.DoorPlace> open = new CompletableFuture<>();
    Optional<WindowControl> control =
        WindowControl.first(place, address, other -> startAlso(profile, open, other));
    if (control.isEmpty()) {
      tell.accept("Opened in the window of " + login + ".");
      return;
    }
    WindowRoom.Plan plan = new WindowRoom.Plan(settings.allowsInternet(), place.apps());
    try (WindowControl _ = control.get();
        Room room = rooms.make(plan, () -> came.complete(null));
        Door door = door(profile, room)) {
      Profile.DoorPlace at = doorPlace(profile, door);
      profile.write(at);
      Process process = start(profile, at, address);
      open.complete(at);
      watchFirstPage(browser);
      waitFor(profile, process);
    }
  }

  private Browser choose() throws IOException {
    Browser.Places places = Browser.Places.of(settings.environment(), settings.home());
    if (settings.browser().isPresent()) {
      String name = settings.browser().get();
      return Browser.named(name, places)
          .orElseThrow(() ->
              new IOException(
                  "There is no browser '" + name + "' here; name an installed one, or its file."));
    }
    List<Browser> installed = Browser.installed(places);
    boolean isManaged = ManagedBrowser.isSoBy(ManagedBrowser.POLICIES);
    return installed.stream()
        .filter(it -> !isManaged || it.kind() == BrowserKind.FIREFOX)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                isManaged && !installed.isEmpty()
                    ? ManagedBrowser.ADVICE.formatted(installed.getFirst().name(), login)
                    : "No browser is installed that can be a window: install Chromium, Chrome,"
                        + " Edge, Brave or Firefox, or use your own with --own-browser."));
  }

  private String address(String pasted) throws IOException {
    return PastedAddress.parse(pasted, PastedAddress.ownNames(login, ""))
        .orElseThrow(() ->
            new IOException(
                "'"
                    + pasted
                    + "' is no address of a page, such as http://localhost:8888/ or 8888."))
        .toString();
  }

  private Door door(Profile profile, Room room) throws IOException {
    if (profile.browser().kind() == BrowserKind.FIREFOX && hasSockets()) {
      return Door.onSocket(place.door(), room);
    }
    Callers callers = callers();
    try {
      return Door.onLoopback(place.lastPort(), callers, room, this::refused);
    } catch (IOException e) {
      return Door.onLoopback(0, callers, room, this::refused);
    }
  }

  private void refused() {
    tell.accept(
        "Another program tried to use this window's way to " + login + " and was turned away.");
  }

  private static boolean hasSockets() {
    return File.separatorChar == '/';
  }

  private Callers callers() throws IOException {
    if (!LoopbackPeers.isKnown()) {
      tell.accept(
          "On this system it can't be told who uses the window's way to "
              + login
              + ": as long as it is open, other programs of this machine could.");
      return _ -> true;
    }
    Integer uid = (Integer) Files.getAttribute(PROC.resolve("self"), "unix:uid");
    return new LinuxCallers(
        PROC, Integer.toUnsignedLong(uid), () -> Optional.ofNullable(browserProcess));
  }

  private Profile.DoorPlace doorPlace(Profile profile, Door door) throws IOException {
    if (profile.browser().kind() == BrowserKind.FIREFOX && hasSockets()) {
      return new Profile.DoorPlace.Socket(place.door());
    }
    place.keepPort(door.port());
    return new Profile.DoorPlace.Port(door.port());
  }

  private Process start(Profile profile, Profile.DoorPlace door, String address)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(profile.command(door, settings.more(), address))
            .redirectErrorStream(true)
            .redirectOutput(place.directory().resolve("browser.log").toFile());
    Process process = builder.start();
    // When this process is told to end, so is the window: it would lead nowhere.
    Runtime.getRuntime().addShutdownHook(new Thread(this::endBrowser, "window-end"));
    browserProcess = profile.running().orElse(process.toHandle());
    tell.accept(
        "The window of %s is open in %s; it ends when you close it."
            .formatted(login, profile.browser().name()));
    return process;
  }

  /** Opens something else in the browser that runs: that takes it over from the new process. */
  private void startAlso(
      Profile profile, CompletableFuture<Profile.DoorPlace> door, String address) {
    try {
      new ProcessBuilder(profile.command(door.join(), settings.more(), address))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      tell.accept("The browser can't be started: " + e.getMessage());
    }
  }

  private void watchFirstPage(Browser browser) {
    came.orTimeout(FIRST_PAGE.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(_ -> {
          ProcessHandle process = browserProcess;
          if (process != null && process.isAlive()) {
            tell.accept(
                "%s has asked for nothing yet. If its window stays empty: "
                        .formatted(browser.name())
                    + ManagedBrowser.ADVICE.formatted(browser.name(), login));
          }
          return null;
        });
  }

  /** A browser that was running already takes over from the process that was started. */
  private void waitFor(Profile profile, Process process) throws InterruptedException, IOException {
    try {
      int status = process.waitFor();
      Optional<ProcessHandle> taken = profile.running();
      if (taken.isPresent()) {
        browserProcess = taken.get();
        taken.get().onExit().join();
      } else if (status != 0 && !came.isDone()) {
        throw new IOException(
            "%s ended at once, with status %d; what it said is in %s."
                .formatted(
                    profile.browser().name(), status, place.directory().resolve("browser.log")));
      }
    } finally {
      close(process);
    }
  }

  private void endBrowser() {
    ProcessHandle process = browserProcess;
    if (process != null && process.destroy()) {
      try {
        process.onExit().get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | InterruptedException | TimeoutException e) {
        process.destroyForcibly();
      }
    }
  }

  private static void close(Process process) throws InterruptedException {
    if (process.isAlive()) {
      process.destroy();
      if (!process.waitFor(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
