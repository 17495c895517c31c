package dev.holdfast.auth;

import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.RecordingRecords.Beginning;
import dev.holdfast.auth.RecordingRecords.Chunk;
import dev.holdfast.auth.RecordingRecords.Numbers;
import dev.holdfast.auth.RecordingRecords.Taken;
import dev.holdfast.auth.RecordingRecords.Wanted;
import dev.holdfast.recording.PartStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The recordings by the API of an auth service: for a node, which puts its own, and for who may
 * read them. It has conversations of its own, in which parts hold up nothing else. What a call came
 * to is not known when the connection is lost under it: a part may be put again. Thread-safe.
 */
public final class RemoteParts implements PartStore, AutoCloseable {
  /** Conversations at the same time; more wait. */
  static final int MOST_CONVERSATIONS = 4;

  private final RemoteCluster.Dialer dialer;
  private final Semaphore free = new Semaphore(MOST_CONVERSATIONS, true);
  private final GoingOn goingOn;

  /** Guarded by itself. */
  private final Deque<ApiClient> idle = new ArrayDeque<>();

  private volatile boolean closed;

  public RemoteParts(RemoteCluster.Dialer dialer) {
    this.dialer = dialer;
    goingOn =
        new GoingOn(
            ids ->
                talk(it ->
                    it.call(
                        ApiMethod.RECORDING_TOUCH, new RecordingRecords.GoingOn(ids), Done.class)),
            GoingOn.USUAL);
  }

  @Override
  public void begin(String recording, Subject subject) throws IOException {
    Beginning beginning =
        new Beginning(
            recording,
            subject.user(),
            subject.login(),
            subject.session(),
            subject.started(),
            Optional.of(subject.node()).filter(it -> !it.isEmpty()));
    talk(it -> it.call(ApiMethod.RECORDING_BEGIN, beginning, Done.class));
    goingOn.add(recording);
  }

  @Override
  public void put(String recording, int index, byte[] part) throws IOException {
    talk(it -> {
      Taken taken;
      int offset = 0;
      do {
        int end = Math.min(part.length, offset + RecordingRecords.MOST_CHUNK);
        String data = Base64.getEncoder().encodeToString(Arrays.copyOfRange(part, offset, end));
        Chunk chunk = new Chunk(recording, index, offset, part.length, data);
        taken = it.call(ApiMethod.RECORDING_PUT, chunk, Taken.class);
        offset = end;
      } while (offset < part.length);
      if (!taken.stored()) {
        throw new IOException("The auth service did not store a part; is it of another version?");
      }
      return taken;
    });
    goingOn.add(recording);
  }

  @Override
  public void complete(String recording) throws IOException {
    talk(it -> it.call(ApiMethod.RECORDING_COMPLETE, new Named(recording), Done.class));
    goingOn.remove(recording);
  }

  @Override
  public Optional<byte[]> get(String recording, int index) throws IOException {
    try {
      return Optional.of(talk(it -> read(it, recording, index)));
    } catch (ApiFailure e) {
      if (e.code() == ApiFailure.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static byte[] read(ApiClient client, String recording, int index) throws IOException {
    byte[] part = new byte[0];
    int offset = 0;
    do {
      Chunk chunk =
          client.call(ApiMethod.RECORDING_GET, new Wanted(recording, index, offset), Chunk.class);
      byte[] data = Base64.getDecoder().decode(chunk.data());
      if (offset == 0) {
        part = new byte[Math.min(chunk.bytes(), RecordingStore.MOST_PART)];
      }
      if (data.length > part.length - offset || (data.length == 0 && offset < part.length)) {
        throw new IOException("The auth service gave something else than a part.");
      }
      System.arraycopy(data, 0, part, offset, data.length);
      offset += data.length;
    } while (offset < part.length);
    return part;
  }

  @Override
  public List<Integer> parts(String recording) throws IOException {
    return talk(it -> it.call(ApiMethod.RECORDING_PARTS, new Named(recording), Numbers.class))
        .numbers();
  }

  @Override
  public List<String> recordings() throws IOException {
    return talk(it -> it.list(ApiMethod.RECORDING_LIST, RecordingQuery.LATEST, Recorded.class))
        .stream()
        .map(Recorded::id)
        .toList();
  }

  /** What is known of those that are asked for, the latest first. */
  public List<Recorded> list(RecordingQuery query) throws IOException {
    return talk(it -> it.list(ApiMethod.RECORDING_LIST, query, Recorded.class));
  }

  /** What is known of a recording; fails with a sentence if the caller may not see it. */
  public Recorded show(String recording) throws IOException {
    return talk(it -> it.call(ApiMethod.RECORDING_SHOW, new Named(recording), Recorded.class));
  }

  @Override
  public void delete(String recording) throws IOException {
    talk(it -> it.call(ApiMethod.RECORDING_DELETE, new Named(recording), Done.class));
  }

  // ---- conversations ----

  private interface Talk<T> {
    T with(ApiClient client) throws IOException;
  }

  private <T> T talk(Talk<T> talk) throws IOException {
    ApiClient client = take();
    try {
      return talk.with(client);
    } finally {
      give(client);
    }
  }

  private ApiClient take() throws IOException {
    try {
      if (!free.tryAcquire(ApiClient.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("The auth service takes parts too slowly; try again soon.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the auth service", e);
    }
    try {
      ApiClient used = used();
      return used == null ? dial() : used;
    } catch (IOException | RuntimeException e) {
      free.release();
      throw e;
    }
  }

  private ApiClient dial() throws IOException {
    if (closed) {
      throw new IOException("This service ends.");
    }
    return dialer.dial((method, params) -> {});
  }

  private @Nullable ApiClient used() {
    synchronized (idle) {
      while (!idle.isEmpty()) {
        ApiClient client = idle.removeLast();
        if (!client.isOver()) {
          return client;
        }
        client.close();
      }
      return null;
    }
  }

  private void give(ApiClient client) {
    synchronized (idle) {
      if (closed || client.isOver()) {
        client.close();
      } else {
        idle.addLast(client);
      }
    }
    free.release();
  }

  @Override
  public void close() {
    goingOn.close();
    synchronized (idle) {
      closed = true;
      idle.forEach(ApiClient::close);
      idle.clear();
    }
  }
}
