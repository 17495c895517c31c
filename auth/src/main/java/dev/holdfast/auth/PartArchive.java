package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The parts of a recording in one object: a tar archive (POSIX.1-1988, ustar) of an entry {@code
 * index} and one for each part, so that {@code tar x} takes it apart without us. The index has a
 * line for each part, its number and its bytes, from which its place in the archive follows. Same
 * parts, same archive. Immutable.
 */
final class PartArchive {
  /** Bytes of the longest index: a line has at most 20. */
  static final int MOST_INDEX = 20 * RecordingStore.MOST_PARTS;

  private static final int BLOCK = 512;
  private static final byte[] MAGIC = "ustar\00000".getBytes(US_ASCII);

  private final String recording;
  private final SortedMap<Integer, Long> sizes;
  private final Map<Integer, Long> places = new TreeMap<>();
  private final byte[] index;

  private PartArchive(String recording, SortedMap<Integer, Long> sizes) {
    this.recording = recording;
    this.sizes = sizes;
    StringBuilder lines = new StringBuilder();
    sizes.forEach((number, size) -> lines.append("%08d %d\n".formatted(number, size)));
    index = lines.toString().getBytes(US_ASCII);
    long place = BLOCK + padded(index.length);
    for (Map.Entry<Integer, Long> part : sizes.entrySet()) {
      places.put(part.getKey(), place + BLOCK);
      place += BLOCK + padded(part.getValue());
    }
  }

  /** The archive of parts of these sizes, by number. */
  static PartArchive of(String recording, SortedMap<Integer, Long> sizes) {
    return new PartArchive(recording, new TreeMap<>(sizes));
  }

  /** How many bytes of an archive its index reaches to, told from the first block. */
  static int indexEnd(byte[] beginning) throws IOException {
    if (beginning.length < BLOCK
        || !Arrays.equals(beginning, 257, 257 + MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw notOurs();
    }
    String size = new String(beginning, 124, 11, US_ASCII);
    if (!size.matches("[0-7]{11}") || Long.parseLong(size, 8) > MOST_INDEX) {
      throw notOurs();
    }
    return BLOCK + Integer.parseInt(size, 8);
  }

  /** The archive that begins so; all of its index has to be there. */
  static PartArchive read(String recording, byte[] beginning) throws IOException {
    int end = indexEnd(beginning);
    if (beginning.length < end) {
      throw notOurs();
    }
    SortedMap<Integer, Long> sizes = new TreeMap<>();
    for (String line : new String(beginning, BLOCK, end - BLOCK, US_ASCII).split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      if (!line.matches("[0-9]{8} [0-9]{1,9}")) {
        throw notOurs();
      }
      sizes.put(Integer.parseInt(line, 0, 8, 10), Long.parseLong(line, 9, line.length(), 10));
    }
    return new PartArchive(recording, sizes);
  }

  private static IOException notOurs() {
    return new IOException("The store has an object that is no archive of a recording's parts.");
  }

  /** The parts, in order. */
  List<Integer> parts() {
    return new ArrayList<>(sizes.keySet());
  }

  /** The sizes of the parts. */
  SortedMap<Integer, Long> sizes() {
    return new TreeMap<>(sizes);
  }

  /** Where a part is in the archive: its first byte and how many. */
  record Place(long from, long bytes) {}

  Optional<Place> place(int number) {
    Long from = places.get(number);
    Long size = sizes.get(number);
    return from == null || size == null ? Optional.empty() : Optional.of(new Place(from, size));
  }

  /** What the archive begins with, up to the first part's header. */
  byte[] head() {
    byte[] head = Arrays.copyOf(header("index", index.length), BLOCK + (int) padded(index.length));
    System.arraycopy(index, 0, head, BLOCK, index.length);
    return head;
  }

  /** What stands before a part. */
  byte[] header(int number) {
    return header("%08d.part".formatted(number), sizes.getOrDefault(number, 0L));
  }

  /** What stands behind it. */
  byte[] padding(int number) {
    long size = sizes.getOrDefault(number, 0L);
    return new byte[(int) (padded(size) - size)];
  }

  /** What the archive ends with. */
  static byte[] tail() {
    return new byte[2 * BLOCK];
  }

  private byte[] header(String name, long size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, recording + "/" + name);
    put(header, 100, "0000400");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, "%011o".formatted(size));
    put(header, 136, "00000000000");
    put(header, 148, "        ");
    header[156] = '0';
    System.arraycopy(MAGIC, 0, header, 257, MAGIC.length);
    int sum = 0;
    for (byte one : header) {
      sum += one & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }
}
