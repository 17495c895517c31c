package dev.holdfast.link;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a service tells systemd about itself: sd_notify(3), {@code Type=notify} and {@code
 * Type=notify-reload} in systemd.service(5). Where nobody listens (no NOTIFY_SOCKET), telling does
 * nothing.
 *
 * <p>systemd listens to the main process only ({@code NotifyAccess=main}). So when another process
 * takes a service over, the old one says so, in this order: {@link #mainProcess} with the new one's
 * number; {@link #awaitHeard}, since systemd can't tell any more whose notice it was once the
 * sender is gone; then it exits. The new one hears from it where to send its notices ({@link
 * #address}, as it has no NOTIFY_SOCKET if systemd did not start it) and says {@link #ready} from
 * then on. systemd accepts a main process outside of the service's control group from root only,
 * and neither limits nor kills it with the service; a service that isn't root's therefore has to
 * start its successor itself, as its child (as from {@code ExecReload=}).
 *
 * <p>Thread-safe.
 */
public final class ServiceNotice {
  /** Most characters of a status that are told. */
  static final int STATUS_MOST = 500;

  private final @Nullable NoticeSocket socket;

  private ServiceNotice(@Nullable NoticeSocket socket) {
    this.socket = socket;
  }

  /** Tells whoever the variable NOTIFY_SOCKET names. */
  public static ServiceNotice ofEnvironment() throws IOException {
    return ofEnvironment(System.getenv());
  }

  static ServiceNotice ofEnvironment(Map<String, String> environment) throws IOException {
    String address = environment.get("NOTIFY_SOCKET");
    return address == null || address.isEmpty() ? new ServiceNotice(null) : to(address);
  }

  /** Tells the socket at {@code address}: a path, or {@code @} and a name without a file. */
  public static ServiceNotice to(String address) throws IOException {
    return new ServiceNotice(NoticeSocket.at(address, NoticeSocket.PATIENCE));
  }

  /** Where the notices go, in the form of NOTIFY_SOCKET. */
  public Optional<String> address() {
    return Optional.ofNullable(socket).map(NoticeSocket::address);
  }

  /** The service has started, or finished reloading, and serves. */
  public void ready(String status) throws IOException {
    tell("READY=1", statusLine(status));
  }

  /** The service begins to reload its configuration; {@link #ready} has to follow. */
  public void reloading(String status) throws IOException {
    if (socket != null) {
      tell("RELOADING=1", "MONOTONIC_USEC=" + MonotonicClock.micros(), statusLine(status));
    }
  }

  /** The service begins to stop. */
  public void stopping(String status) throws IOException {
    tell("STOPPING=1", statusLine(status));
  }

  /** What the service is doing, one line, shown by {@code systemctl status}. */
  public void status(String status) throws IOException {
    tell(statusLine(status));
  }

  /** The service's main process is another from now on. */
  public void mainProcess(long process) throws IOException {
    tell("MAINPID=" + process);
  }

  /**
   * Waits until systemd has read all notices sent before, at most {@code within}; true if it has,
   * or nobody listens.
   */
  public boolean awaitHeard(Duration within) throws IOException {
    return socket == null || socket.barrier(within);
  }

  private static String statusLine(String status) {
    String line = status.replaceAll("\\p{Cntrl}", " ");
    return "STATUS=" + line.substring(0, Math.min(line.length(), STATUS_MOST));
  }

  private void tell(String... assignments) throws IOException {
    if (socket != null) {
      socket.send(String.join("\n", assignments), List.of());
    }
  }
}
