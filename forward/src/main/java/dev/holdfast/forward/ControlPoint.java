package dev.holdfast.forward;

import dev.holdfast.link.SocketDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * Where a user's other commands give orders to the running service: a Unix-domain socket that only
 * the user can reach. An order is a JSON object on one line, with the member {@code op}, and so is
 * its answer, with {@code ok} and, if that is false, a sentence in {@code error}:
 *
 * <pre>
 *   {"op":"add","arguments":["-L","8080:localhost:80","web"],"agent":"/run/..."}  ► forwards
 *   {"op":"list"}                                                                 ► forwards
 *   {"op":"remove","which":"3"}                                                   ► removed
 *   {"op":"events"}        ► a line for each event, until the connection is closed
 *   {"op":"stop"}          ► and the service ends
 * </pre>
 */
public final class ControlPoint implements AutoCloseable {
  /** Connections at a time. */
  static final int MOST_CONNECTIONS = 64;

  /** Events that wait for a reader; one that is slower misses some. */
  static final int MOST_EVENTS = 1024;

  /** Words of an order. */
  static final int MOST_ARGUMENTS = 4096;

  private final Forwarder forwarder;
  private final Runnable stop;
  private final FileChannel lock;
  private final ServerSocketChannel listener;
  private final Path socket;
  private final Semaphore room = new Semaphore(MOST_CONNECTIONS);

  private ControlPoint(
      Forwarder forwarder,
      Runnable stop,
      FileChannel lock,
      ServerSocketChannel listener,
      Path socket) {
    this.forwarder = forwarder;
    this.stop = stop;
    this.lock = lock;
    this.listener = listener;
    this.socket = socket;
  }

  /**
   * Takes orders from now on.
   *
   * @param uid the user
   * @param stop is run when that is ordered
   * @throws IOException if the user has such a service already, among others
   */
  public static ControlPoint open(ControlFiles files, long uid, Forwarder forwarder, Runnable stop)
      throws IOException {
    SocketDirectory.secure(files.directory(), (int) uid);
    FileChannel lock =
        FileChannel.open(files.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      if (lock.tryLock() == null) {
        throw new IOException("The forwarder is running already; 'holdfast forward stop' ends it.");
      }
      Files.deleteIfExists(files.socket());
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(SocketDirectory.address(files.socket()));
      Files.setPosixFilePermissions(files.socket(), PosixFilePermissions.fromString("rw-------"));
      ControlPoint point = new ControlPoint(forwarder, stop, lock, listener, files.socket());
      Thread.ofPlatform().daemon().name("control").start(point::serve);
      done = true;
      return point;
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel channel = listener.accept();
        if (room.tryAcquire()) {
          Thread.ofVirtual().name("order").start(() -> talk(channel));
        } else {
          channel.close();
        }
      }
    } catch (IOException e) {
      // The listener was closed.
    }
  }

  private void talk(SocketChannel channel) {
    try (channel) {
      ControlLines lines = new ControlLines(channel);
      for (var order = lines.read(); order.isPresent(); order = lines.read()) {
        obey(order.get(), lines);
      }
    } catch (IOException e) {
      // Whoever it was has gone, or speaks something else.
    } finally {
      room.release();
    }
  }

  private void obey(Map<String, Object> order, ControlLines lines) throws IOException {
    switch (String.valueOf(order.get("op"))) {
      case "add" -> lines.write(add(order));
      case "list" -> lines.write(done("forwards", members(forwarder.list())));
      case "remove" ->
          lines.write(done("removed", forwarder.remove(String.valueOf(order.get("which")))));
      case "events" -> pass(lines);
      case "stop" -> {
        lines.write(Map.of("ok", true));
        stop.run();
      }
      default -> lines.write(failed("There is no such order."));
    }
  }

  private Map<String, Object> add(Map<String, Object> order) {
    List<String> arguments = new ArrayList<>();
    if (order.get("arguments") instanceof List<?> words && words.size() <= MOST_ARGUMENTS) {
      words.forEach(word -> arguments.add(String.valueOf(word)));
    }
    if (order.get("agent") instanceof String agent) {
      forwarder.servers().agent(agent);
    }
    try {
      return done("forwards", members(forwarder.add(arguments)));
    } catch (IOException e) {
      return failed(String.valueOf(e.getMessage()));
    }
  }

  private static List<Map<String, Object>> members(List<ForwardStatus> all) {
    return all.stream().map(ForwardStatus::members).toList();
  }

  private static Map<String, Object> done(String what, Object value) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", true);
    answer.put(what, value);
    return answer;
  }

  private static Map<String, Object> failed(String sentence) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", false);
    answer.put("error", sentence);
    return answer;
  }

  private void pass(ControlLines lines) throws IOException {
    BlockingQueue<Map<String, Object>> events = new ArrayBlockingQueue<>(MOST_EVENTS);
    try (Server.Hold _ = forwarder.listen(events::offer)) {
      lines.write(Map.of("ok", true));
      while (true) {
        lines.write(events.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes no more orders. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(socket);
    listener.close();
    lock.close();
  }
}
