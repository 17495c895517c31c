package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.recording.PartStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The recordings of a node in the process of the auth service. Thread-safe. */
final class LocalParts implements PartStore, AutoCloseable {
  private final Recordings recordings;
  private final NodeRecord node;
  private final GoingOn goingOn;

  LocalParts(Recordings recordings, NodeRecord node) {
    this.recordings = recordings;
    this.node = node;
    goingOn = new GoingOn(ids -> recordings.touch(node, ids), GoingOn.USUAL);
  }

  @Override
  public void begin(String recording, Subject subject) throws IOException {
    said(() -> {
      recordings.begin(node, recording, subject);
      return true;
    });
    goingOn.add(recording);
  }

  @Override
  public void put(String recording, int index, byte[] part) throws IOException {
    said(() -> {
      recordings.put(node, recording, index, part);
      return true;
    });
    goingOn.add(recording);
  }

  @Override
  public void complete(String recording) throws IOException {
    said(() -> {
      recordings.complete(node, recording);
      return true;
    });
    goingOn.remove(recording);
  }

  @Override
  public List<Integer> parts(String recording) throws IOException {
    return said(() -> recordings.ownParts(node, recording));
  }

  @Override
  public Optional<byte[]> get(String recording, int index) throws IOException {
    throw new IOException("A node writes recordings and reads none.");
  }

  @Override
  public List<String> recordings() throws IOException {
    throw new IOException("A node writes recordings and lists none.");
  }

  @Override
  public void delete(String recording) throws IOException {
    throw new IOException("A node removes no recordings; retention and administrators do.");
  }

  private static <T> T said(Callable<T> call) throws IOException {
    try {
      return call.call();
    } catch (InvalidRecordException e) {
      throw new IOException(e.sentence(), e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("only those", e);
    }
  }

  @Override
  public void close() {
    goingOn.close();
  }
}
