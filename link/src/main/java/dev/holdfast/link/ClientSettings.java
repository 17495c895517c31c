package dev.holdfast.link;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a client is to connect.
 *
 * @param to the server
 * @param resume which resumption to use
 * @param connectTimeout for the first connection, all of it
 * @param pace the first connection is dialled again after so long without an answer, beside the
 *     dials before; zero for once
 * @param limit how long to try for a new link at most; null for as long as the server keeps the
 *     stream
 * @param way how to leave this machine
 * @param environment where proxies are looked up, as {@link System#getenv()} gives it
 * @param events hears what the stream lives through; called under its lock, must not block
 */
public record ClientSettings(
    Destination to,
    Resume resume,
    Duration connectTimeout,
    Duration pace,
    @Nullable Duration limit,
    Way way,
    Map<String, String> environment,
    Consumer<ClientEvent> events) {

  /** By whichever way, dialled once. */
  public ClientSettings(
      Destination to,
      Resume resume,
      Duration connectTimeout,
      @Nullable Duration limit,
      Map<String, String> environment,
      Consumer<ClientEvent> events) {
    this(to, resume, connectTimeout, Duration.ZERO, limit, Way.ANY, environment, events);
  }

  /** Which resumption to use. */
  public enum Resume {
    /** What the server speaks, found out without disturbing a plain one. */
    AUTO,
    /** Version 2 at once, without asking: saves a round trip, and refuses anything else. */
    V2,
    /** Version 1 or nothing. */
    V1,
    /** None: a plain connection. */
    OFF
  }

  /** The usual settings. */
  public static ClientSettings of(Destination to) {
    return new ClientSettings(to, Resume.AUTO, Duration.ofSeconds(30), null, Map.of(), event -> {});
  }
}
