package dev.holdfast.browser;

import dev.holdfast.forward.ForwardSettings;
import dev.holdfast.forward.MonitoredServer;
import dev.holdfast.link.ConfinedProcess;
import dev.holdfast.ssh.MonitorMessage;
import dev.holdfast.ssh.MonitorTalk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The confined process of a window: SSH with the server, what its apps answer, and what the browser
 * asks are read here, by a process that has no files, no keys and no network of its own. For one
 * run; it ends with its {@link ConfinedRoom}.
 */
public final class RoomProcess {
  private final MonitorTalk monitor;
  private final AtomicBoolean came = new AtomicBoolean();

  private RoomProcess(MonitorTalk monitor) {
    this.monitor = monitor;
  }

  /** Serves until its window is closed. */
  public static void run() throws IOException {
    try (ConfinedProcess.Inside inside = ConfinedProcess.Inside.take();
        MonitorTalk monitor = new MonitorTalk(inside.asks());
        MonitorTalk told = new MonitorTalk(inside.told())) {
      new RoomProcess(monitor).serve(told);
    }
  }

  private void serve(MonitorTalk told) throws IOException {
    MonitorMessage begin =
        told.hear().orElseThrow(() -> new EOFException("The window is closed.")).message();
    WindowRoom.Plan plan =
        new WindowRoom.Plan(begin.flag("internet"), Path.of(begin.text("memory").orElse("")));
    try (MonitoredServer server =
            new MonitoredServer(begin.text("login").orElse(""), monitor, ForwardSettings.usual());
        WindowRoom room = new WindowRoom(server.server(), plan, this::came)) {
      for (Optional<MonitorTalk.Heard> it = told.hear(); it.isPresent(); it = told.hear()) {
        obey(it.get(), server, room);
      }
    }
  }

  private static void obey(MonitorTalk.Heard heard, MonitoredServer server, WindowRoom room)
      throws IOException {
    try (heard) {
      switch (heard.message().about()) {
        case "connection" -> take(heard, room);
        case "network" -> server.networkChanged();
        default -> throw new IOException("The window asked for what there is not.");
      }
    }
  }

  /** A browser that has gone again leaves nothing to take. */
  private static void take(MonitorTalk.Heard heard, WindowRoom room) {
    try {
      SocketChannel accepted = heard.descriptors().getFirst().toConnection();
      accepted.configureBlocking(true);
      room.take(accepted);
    } catch (IOException e) {
      // So be it.
    }
  }

  /** Once is enough. */
  private void came() {
    if (came.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("came")
          .start(() -> {
            try {
              monitor.ask(MonitorMessage.about("came"));
            } catch (IOException e) {
              // The window is closed.
            }
          });
    }
  }
}
