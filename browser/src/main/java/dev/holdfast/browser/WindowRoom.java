package dev.holdfast.browser;

import dev.holdfast.forward.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;

/** All that a window's browser can reach: its server, and the start page of that. Thread-safe. */
final class WindowRoom implements Room {
  /** In the window the server's addresses are what they are there. */
  private static final StartPages.Way THIS_WINDOW =
      new StartPages.Way() {
        @Override
        public boolean isWindow() {
          return true;
        }

        @Override
        public URI lead(URI there) {
          return there;
        }
      };

  private final AppWatch apps;
  private final Server.Hold held;
  private final SocksRoom room;

  /**
   * What it is made for.
   *
   * @param allowsInternet whether the server leads on to other machines
   * @param memory the file in which favourites are kept
   */
  record Plan(boolean allowsInternet, Path memory) {}

  /**
   * Of a server, whose apps are looked for at once.
   *
   * @param came run when the browser asks for something, again and again
   */
  WindowRoom(Server server, Plan plan, Runnable came) throws IOException {
    FarSide far = new ServerFar(server);
    apps = new AppWatch(far);
    held = server.hold();
    StartPages pages =
        new StartPages(far, apps, AppMemory.of(plan.memory(), Clock.systemUTC()), THIS_WINDOW);
    PageServer start =
        new PageServer(
            () -> Set.of(Reach.START),
            request -> {
              came.run();
              return pages.answer(request);
            });
    room =
        new SocksRoom(
            far,
            new Reach(plan.allowsInternet(), this::ownAddresses),
            start,
            (host, port) -> {
              came.run();
              pages.used(host, port);
            });
    apps.wake();
  }

  /** Where the server's own programs listen, beside its loopback. */
  private Set<String> ownAddresses() {
    Set<String> addresses = new HashSet<>();
    apps.known().apps().forEach(it -> addresses.addAll(it.candidate().dials()));
    return addresses;
  }

  @Override
  public void take(SocketChannel accepted) {
    room.take(accepted);
  }

  @Override
  public void close() {
    room.close();
    apps.close();
    held.close();
  }
}
