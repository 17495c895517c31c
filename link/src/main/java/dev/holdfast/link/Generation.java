package dev.holdfast.link;

import dev.holdfast.stream.StreamId;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another process of the same service, as one that asks it for streams sees it. Keeps the
 * connection to it from one question to the next. Confined to one thread.
 */
final class Generation implements Closeable {
  /** Time for it to answer. */
  static final Duration STEP = Duration.ofSeconds(2);

  /** How long it is not asked again after it did not answer in time. */
  static final Duration REST = Duration.ofSeconds(5);

  private final Path path;
  private @Nullable DescriptorSocket socket;
  private long silentUntil = Long.MIN_VALUE;

  /** The one that listens at {@code path}. */
  Generation(Path path) {
    this.path = path;
  }

  /** What it says of a stream. */
  enum Answer {
    /** It keeps it. */
    MINE,
    /** It does not. */
    NOT_MINE,
    /** It can't be understood, or does not answer now. */
    UNCLEAR,
    /** It is gone, and its streams with it. */
    DEAD
  }

  /** Asks for the stream {@code id}. */
  Answer ask(StreamId id) {
    if (Loop.now() < silentUntil) {
      return Answer.UNCLEAR;
    }
    // A kept connection that breaks may be an old one: only a fresh one tells how things are.
    Answer answer = socket == null ? Answer.UNCLEAR : askKept(id);
    return socket == null ? askAnew(id) : answer;
  }

  private Answer askKept(StreamId id) {
    try {
      return say(id);
    } catch (IOException e) {
      close();
      return Answer.UNCLEAR;
    }
  }

  private Answer askAnew(StreamId id) {
    if (Loop.now() < silentUntil) {
      return Answer.UNCLEAR;
    }
    try {
      socket = DescriptorSocket.connect(path);
      return say(id);
    } catch (ConnectException e) {
      return isNobody(e) ? Answer.DEAD : Answer.UNCLEAR;
    } catch (IOException e) {
      close();
      return Answer.UNCLEAR;
    }
  }

  /** Too many that wait there are somebody; a file without a listener, or none, is nobody. */
  private boolean isNobody(ConnectException e) {
    return e.getCause() instanceof ConnectException
        || !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private Answer say(StreamId id) throws IOException {
    PassMessage answer = exchange(new PassMessage.Wanted(PassMessage.FORMAT, id), List.of());
    return switch (answer) {
      case PassMessage.Mine it -> Answer.MINE;
      case PassMessage.NotMine it -> Answer.NOT_MINE;
      case PassMessage.OtherFormat it -> Answer.UNCLEAR;
      case PassMessage.Wanted it -> throw unexpected();
      case PassMessage.Comeback it -> throw unexpected();
      case PassMessage.Taken it -> throw unexpected();
    };
  }

  /**
   * Gives it a client of the stream that it has just said to keep.
   *
   * @throws IOException if it did not take it, or can't say so any more
   */
  void give(Comer comer) throws IOException {
    Descriptor copy = Descriptor.copyOf(comer.client());
    try {
      PassMessage answer =
          exchange(
              new PassMessage.Comeback(comer.version(), comer.id(), comer.said()), List.of(copy));
      if (!(answer instanceof PassMessage.Taken)) {
        throw unexpected();
      }
    } catch (IOException e) {
      close();
      throw e;
    } finally {
      copy.close();
    }
  }

  private PassMessage exchange(PassMessage message, List<Descriptor> descriptors)
      throws IOException {
    DescriptorSocket to = socket;
    if (to == null) {
      throw new IOException("There is no connection to the process.");
    }
    try {
      to.send(message.encoded(), descriptors, STEP);
      try (DescriptorSocket.Message answer =
          to.receive(STEP).orElseThrow(() -> new IOException("The other process is gone."))) {
        return PassMessage.read(answer.body());
      }
    } catch (SocketTimeoutException e) {
      silentUntil = Loop.now() + REST.toNanos();
      throw e;
    }
  }

  private static IOException unexpected() {
    return new IOException("The other process said something unexpected.");
  }

  /** The process's number. */
  int process() {
    return socket == null ? 0 : socket.peer().process();
  }

  @Override
  public void close() {
    if (socket != null) {
      Loop.closeQuietly(socket);
      socket = null;
    }
  }
}
