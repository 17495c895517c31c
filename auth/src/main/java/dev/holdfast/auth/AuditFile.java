package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import dev.holdfast.access.Records;
import dev.holdfast.access.WrongShapeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of audit events that wait, a line of JSON each, locked by the process that writes it. A
 * line is written before {@link #add} returns, which outlives the process; it is forced to the disk
 * before it is sent. Thread-safe.
 */
final class AuditFile implements AutoCloseable {
  private static final String END = ".events";
  private static final Logger log = LoggerFactory.getLogger(AuditFile.class);

  private final Path path;
  private final FileChannel channel;
  private long length;
  private long sent;
  private long waiting;

  /** Takes an event. */
  @FunctionalInterface
  interface Taker {
    void take(AuditEvent event) throws IOException;
  }

  private AuditFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    length = channel.size();
  }

  /** A file of this process's own. */
  static AuditFile make(Path directory) throws IOException {
    Path path = directory.resolve(UUID.randomUUID() + END);
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      FileLock lock = channel.lock();
      log.debug("{} is ours: {}", path, lock.isValid());
      return new AuditFile(path, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  static boolean isOne(Path path) {
    return path.toString().endsWith(END);
  }

  /** Sends what a process left that is gone, and removes the file; one that lives is left alone. */
  static void sendFormer(Path path, Taker taker) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      try (FileLock lock = channel.tryLock()) {
        if (lock != null) {
          AuditFile former = new AuditFile(path, channel);
          former.send(taker);
          Files.deleteIfExists(path);
        }
      } catch (OverlappingFileLockException e) {
        log.debug("{} is this process's own", path);
      }
    } catch (NoSuchFileException e) {
      log.debug("{} was sent by another process", path);
    }
  }

  synchronized void add(AuditEvent event) throws IOException {
    ByteBuffer line = ByteBuffer.wrap((Records.write(event).line() + "\n").getBytes(UTF_8));
    long end = length + line.remaining();
    try {
      long at = length;
      while (line.hasRemaining()) {
        at += channel.write(line, at);
      }
    } catch (IOException e) {
      // A line that is there in part would spoil the next one.
      channel.truncate(length);
      throw e;
    }
    length = end;
    waiting++;
  }

  /** What was added outlives a loss of power, too. */
  void force() throws IOException {
    channel.force(false);
  }

  /** Bytes that wait. */
  synchronized long length() {
    return length - sent;
  }

  /** Events that wait. */
  synchronized long waiting() {
    return waiting;
  }

  /** Sends all that is there; by one thread at a time. What was sent before a failure counts. */
  void send(Taker taker) throws IOException {
    channel.force(false);
    long from;
    synchronized (this) {
      from = sent;
    }
    InputStream in = Channels.newInputStream(channel.position(from));
    LineReader lines = new LineReader(in);
    while (lines.next() instanceof LineReader.Read.Line(String text)) {
      sendLine(text, taker);
      synchronized (this) {
        sent += text.getBytes(UTF_8).length + 1L;
        waiting = Math.max(0, waiting - 1);
      }
    }
    forget();
  }

  private void sendLine(String text, Taker taker) throws IOException {
    AuditEvent event;
    try {
      event = Records.readOfPeer(Json.parse(text), AuditEvent.class);
    } catch (MalformedJsonException | WrongShapeException e) {
      log.error("{} has a line that is no event; it is left out.", path);
      return;
    }
    try {
      taker.take(event);
    } catch (ApiFailure e) {
      if (e.code() != ApiFailure.Code.WRONG_PARAMETERS) {
        throw e;
      }
      log.error("The auth service does not take an event {}: {}", event.code(), e.sentence());
    }
  }

  /** Once all was sent the file is empty again. */
  private synchronized void forget() throws IOException {
    if (sent == length && length > 0) {
      channel.truncate(0);
      length = 0;
      sent = 0;
    }
  }

  @Override
  public void close() {
    try {
      boolean empty = length() == 0;
      channel.close();
      if (empty) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      log.debug("{} stays", path);
    }
  }
}
