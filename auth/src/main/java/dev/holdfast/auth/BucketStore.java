package dev.holdfast.auth;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Recordings in a bucket. Each part is an object as soon as it was put, so that it is durable when
 * that returns; there are no uploads that stay open. When a recording has ended its parts are put
 * together into one object, see {@link PartArchive}, by a multipart upload whose parts have 8 MiB,
 * whatever the recording's have; a recording of one part stays as it is. Parts that come after that
 * are objects of their own again, until the next time. Thread-safe.
 */
final class BucketStore implements RecordingStore {
  /** Bytes of a part of a multipart upload; 5 MiB at least are asked for, but of the last. */
  static final int UPLOAD = 8 << 20;

  /** Bytes of an archive that are read first. */
  private static final int BEGINNING = 64 * 1024;

  /** Archives of which the index is kept in memory. */
  static final int MOST_KNOWN = 64;

  private static final String PART = ".part";
  private static final String ARCHIVE = ".tar";

  private final Bucket bucket;
  private final String prefix;

  /** Indexes of archives, the latest used last. Guarded by itself. */
  private final Map<String, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  private record Known(PartArchive archive, String version) {}

  BucketStore(Bucket bucket, String prefix) {
    this.bucket = bucket;
    this.prefix = prefix;
  }

  static BucketStore open(StoreUrl.Bucket url) throws IOException {
    return new BucketStore(S3Bucket.open(url), url.prefix());
  }

  @Override
  public void put(String recording, int index, byte[] part) throws IOException {
    String name = part(recording, index);
    if (bucket.putNew(name, part)) {
      return;
    }
    Optional<byte[]> there = bucket.get(name);
    if (there.isEmpty() || !Arrays.equals(there.get(), part)) {
      throw new IOException("The store has another object in place of a part of a recording.");
    }
  }

  @Override
  public Optional<byte[]> get(String recording, int index) throws IOException {
    Known archive;
    synchronized (known) {
      archive = known.get(recording);
    }
    if (archive == null || archive.archive.place(index).isEmpty()) {
      Optional<byte[]> loose = bucket.get(part(recording, index));
      if (loose.isPresent()) {
        return loose;
      }
    }
    return archived(recording, index);
  }

  private Optional<byte[]> archived(String recording, int index) throws IOException {
    // Once more where the archive was put together anew between two questions.
    for (int i = 0; i < 2; i++) {
      Optional<Known> archive = archive(recording);
      Optional<PartArchive.Place> place = archive.flatMap(it -> it.archive.place(index));
      if (archive.isEmpty() || place.isEmpty()) {
        return Optional.empty();
      }
      Optional<byte[]> bytes =
          bucket.get(
              archive(recording, ARCHIVE),
              place.get().from(),
              place.get().bytes(),
              archive.get().version);
      if (bytes.isPresent()) {
        return bytes;
      }
      forget(recording);
    }
    return Optional.empty();
  }

  private Optional<Known> archive(String recording) throws IOException {
    synchronized (known) {
      Known it = known.get(recording);
      if (it != null) {
        return Optional.of(it);
      }
    }
    String name = archive(recording, ARCHIVE);
    Optional<Bucket.Versioned> read = bucket.beginning(name, BEGINNING);
    if (read.isPresent() && PartArchive.indexEnd(read.get().bytes()) > BEGINNING) {
      read = bucket.beginning(name, PartArchive.indexEnd(read.get().bytes()));
    }
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Known now = new Known(PartArchive.read(recording, read.get().bytes()), read.get().version());
    synchronized (known) {
      known.put(recording, now);
    }
    return Optional.of(now);
  }

  private void forget(String recording) {
    synchronized (known) {
      known.remove(recording);
    }
  }

  @Override
  public List<Integer> parts(String recording) throws IOException {
    TreeSet<Integer> all = new TreeSet<>(loose(recording).keySet());
    forget(recording);
    archive(recording).ifPresent(it -> all.addAll(it.archive.parts()));
    return List.copyOf(all);
  }

  /** The parts that are objects of their own, and their sizes. */
  private SortedMap<Integer, Long> loose(String recording) throws IOException {
    SortedMap<Integer, Long> loose = new TreeMap<>();
    String start = archive(recording, "/");
    for (Bucket.Listed one : bucket.list(start)) {
      String rest = one.name().substring(start.length());
      if (rest.matches("[0-9]{8}\\.part")) {
        loose.put(Integer.parseInt(rest, 0, 8, 10), one.bytes());
      }
    }
    return loose;
  }

  @Override
  public List<String> recordings() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (String one : bucket.below(prefix)) {
      String rest = one.substring(prefix.length());
      if (rest.matches("[0-9a-f]{32}(/|\\.tar)")) {
        names.add(rest.substring(0, 32));
      }
    }
    return List.copyOf(names);
  }

  @Override
  public void delete(String recording) throws IOException {
    bucket.delete(archive(recording, ARCHIVE));
    for (int number : loose(recording).keySet()) {
      bucket.delete(part(recording, number));
    }
    forget(recording);
  }

  @Override
  public void compose(String recording) throws IOException {
    SortedMap<Integer, Long> loose = loose(recording);
    forget(recording);
    Optional<Known> before = archive(recording);
    SortedMap<Integer, Long> sizes = new TreeMap<>(loose);
    before.ifPresent(it -> sizes.putAll(it.archive.sizes()));
    if (loose.isEmpty() || sizes.size() == 1) {
      return;
    }
    if (before.isEmpty() || before.get().archive.parts().size() < sizes.size()) {
      write(PartArchive.of(recording, sizes), recording);
      forget(recording);
    }
    for (int number : loose.keySet()) {
      bucket.delete(part(recording, number));
    }
  }

  private void write(PartArchive archive, String recording) throws IOException {
    try (Upload upload = new Upload(archive(recording, ARCHIVE))) {
      upload.write(archive.head());
      for (int number : archive.parts()) {
        upload.write(archive.header(number));
        upload.write(
            get(recording, number)
                .filter(part -> isWhole(archive, number, part))
                .orElseThrow(() ->
                    new IOException("A part of the recording %s is gone.".formatted(recording))));
        upload.write(archive.padding(number));
      }
      upload.write(PartArchive.tail());
      upload.complete();
    }
  }

  private static boolean isWhole(PartArchive archive, int number, byte[] part) {
    return archive.place(number).filter(it -> it.bytes() == part.length).isPresent();
  }

  /** An object that is written in pieces, and is there whole or not at all. */
  private final class Upload implements AutoCloseable {
    private final String name;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(UPLOAD);
    private Optional<Bucket.Multipart> multipart = Optional.empty();
    private boolean complete;

    Upload(String name) throws IOException {
      this.name = name;
      bucket.abortAll(name);
    }

    void write(byte[] bytes) throws IOException {
      waiting.writeBytes(bytes);
      if (waiting.size() >= UPLOAD) {
        send();
      }
    }

    private void send() throws IOException {
      if (multipart.isEmpty()) {
        multipart = Optional.of(bucket.multipart(name));
      }
      multipart.get().put(waiting.toByteArray());
      waiting.reset();
    }

    void complete() throws IOException {
      if (multipart.isEmpty()) {
        bucket.put(name, waiting.toByteArray());
      } else {
        if (waiting.size() > 0) {
          send();
        }
        multipart.get().complete();
      }
      complete = true;
    }

    @Override
    public void close() throws IOException {
      if (!complete && multipart.isPresent()) {
        multipart.get().abort();
      }
    }
  }

  @Override
  public String place() {
    return bucket.place();
  }

  @Override
  public void close() {
    bucket.close();
  }

  private String part(String recording, int index) {
    return archive(recording, "/%08d%s".formatted(index, PART));
  }

  private String archive(String recording, String end) {
    return prefix + recording + end;
  }

  /** What a bucket can do; an edge. */
  interface Bucket extends AutoCloseable {
    /** Whether it was new; if not, nothing was written. */
    boolean putNew(String name, byte[] bytes) throws IOException;

    /** Writes an object, whether there was one or not. */
    void put(String name, byte[] bytes) throws IOException;

    Optional<byte[]> get(String name) throws IOException;

    /** Bytes of an object of that version; nothing if there is none such. */
    Optional<byte[]> get(String name, long from, long bytes, String version) throws IOException;

    /** The first bytes of an object, fewer if it is shorter. */
    Optional<Versioned> beginning(String name, int most) throws IOException;

    /** All objects whose names begin so. */
    List<Listed> list(String start) throws IOException;

    /** The names that begin so, each up to its next slash. */
    List<String> below(String start) throws IOException;

    /** Removes an object if it is there. */
    void delete(String name) throws IOException;

    /** Begins to write an object in parts. */
    Multipart multipart(String name) throws IOException;

    /** Ends what a former service began to write there and did not complete. */
    void abortAll(String name) throws IOException;

    String place();

    @Override
    void close();

    /** Bytes of an object, and which version of it they are of. */
    record Versioned(byte[] bytes, String version) {}

    /** An object. */
    record Listed(String name, long bytes) {}

    /** An object that is written in parts; it is there when it is complete. */
    interface Multipart {
      void put(byte[] part) throws IOException;

      void complete() throws IOException;

      void abort() throws IOException;
    }
  }
}
