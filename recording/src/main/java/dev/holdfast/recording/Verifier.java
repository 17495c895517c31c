package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.holdfast.access.Recipient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the parts of one recording, in whatever order they are given, and plays what is whole of
 * those that come in their order. Confined to one thread.
 */
public final class Verifier {
  /** What is wrong is told up to so many sentences. */
  static final int MOST_FINDINGS = 1000;

  private final List<ReadingKey> keys;
  private final Consumer<Event> sink;
  private final Set<Recipient> hidden = new LinkedHashSet<>();
  private final TreeMap<Integer, Seen> seen = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();
  private @Nullable PartHead first;
  private About about = About.NOTHING;
  private int latest = -1;
  private boolean plays = true;
  private long events;
  private long bytes;
  private long nanos;

  /** One part, as far as it could be read. */
  private static final class Seen {
    final PartHead head;
    final byte[] hash;
    final PartReader.Position end;
    final PartReader.Tail tail;
    final PartEnds ends;

    Seen(PartReader reader, PartReader.Tail tail, PartEnds ends) {
      head = reader.head();
      end = reader.position();
      this.tail = tail;
      this.ends = ends;
      hash =
          reader.hash(
              switch (tail) {
                case PartReader.Tail.Sealed(int at) -> at;
                case PartReader.Tail.Torn(int at) -> at;
                case PartReader.Tail.Damaged(int at, _) -> at;
              });
    }
  }

  /** One that only checks. */
  public Verifier() {
    this(event -> {});
  }

  /** One that gives each whole event to {@code sink}, up to the first that is missing. */
  public Verifier(Consumer<Event> sink) {
    this(List.of(), sink);
  }

  /** The same, which can read what is encrypted to these. */
  public Verifier(List<ReadingKey> keys, Consumer<Event> sink) {
    this.keys = List.copyOf(keys);
    this.sink = sink;
  }

  /** Checks all that is there of {@code recording}. */
  public static Verification verify(PartStore store, String recording, Consumer<Event> sink)
      throws IOException {
    Verifier verifier = new Verifier(sink);
    for (int index : store.parts(recording)) {
      Optional<byte[]> part = store.get(recording, index);
      if (part.isPresent()) {
        verifier.add("part " + index, index, part.get());
      }
    }
    return verifier.finish();
  }

  /**
   * The next bytes: a part, or several of them one behind the other.
   *
   * @param place where they are, for people
   * @param named the part that they should be, negative if nothing says so
   */
  public void add(String place, int named, byte[] all) {
    int at = 0;
    do {
      try {
        PartReader reader = PartReader.of(all, at, keys);
        at = read(place, named, reader);
      } catch (MalformedPartException e) {
        plays = false;
        find("%s can't be read from byte %d on: %s".formatted(place, at, e.getMessage()));
        return;
      }
      if (named >= 0 && at >= 0 && at < all.length) {
        find("%s has %d bytes behind its end".formatted(place, all.length - at));
        return;
      }
    } while (at >= 0 && at < all.length);
  }

  /** Reads a part; returns where it ends, negative if nothing can follow. */
  private int read(String place, int named, PartReader reader) {
    PartHead head = reader.head();
    boolean isFirst = belongs(place, named, head);
    PartEnds ends = new PartEnds();
    boolean inOrder = plays && isFirst && isNext(head);
    lookInto(reader, isFirst);
    long[] number = {head.number()};
    PartReader.Tail tail =
        reader.readAll(
            event -> {
              ends.look(event);
              if (inOrder) {
                count(event);
              }
            },
            note -> {
              ends.look(note, number[0]);
              number[0] += note.count();
              if (inOrder) {
                count(note);
              }
            });
    Seen part = new Seen(reader, tail, ends);
    if (isFirst) {
      seen.put(head.index(), part);
    }
    plays = inOrder && tail instanceof PartReader.Tail.Sealed;
    return switch (tail) {
      case PartReader.Tail.Sealed(int end) -> end;
      case PartReader.Tail.Torn torn -> -1;
      case PartReader.Tail.Damaged(int end, String why) -> {
        find(
            "%s is damaged at byte %d, behind event %d: %s"
                .formatted(place, end, part.end.number() - 1, why));
        yield -1;
      }
    };
  }

  private void lookInto(PartReader reader, boolean isFirst) {
    Envelope envelope = reader.head().envelope();
    if (envelope != null && isFirst && reader.isHidden()) {
      hidden.addAll(envelope.recipients());
      about = reader.head().index() == 0 ? new About(envelope.label()) : about;
    }
  }

  private void count(Event event) {
    events++;
    nanos = event.nanos();
    if (event.content() instanceof Event.Output(_, byte[] data)) {
      bytes += data.length;
    }
    if (event.content() instanceof Event.Start(var members)) {
      about = new About(members);
    }
    if (hidden.isEmpty()) {
      sink.accept(event);
    }
  }

  private void count(BlockNote note) {
    events += note.count();
    nanos = note.nanos();
    bytes += note.output();
  }

  /** Whether it is a part of this recording that was not there yet; what is wrong is found. */
  private boolean belongs(String place, int named, PartHead head) {
    if (first == null) {
      first = head;
    }
    int index = head.index();
    if (!head.recording().equals(first.recording())) {
      find("%s is of another recording, %s".formatted(place, head.recording()));
      return false;
    }
    if (!Arrays.equals(head.key(), first.key())) {
      find("%s is signed by another key, %s".formatted(place, fingerprint(head.key())));
      return false;
    }
    if (named >= 0 && named != index) {
      find("%s holds part %d: parts were exchanged".formatted(place, index));
    }
    if (seen.containsKey(index)) {
      find("part %d is there twice, the second time as %s".formatted(index, place));
      return false;
    }
    if (index < latest) {
      find("part %d comes behind part %d: parts were reordered".formatted(index, latest));
    }
    latest = Math.max(latest, index);
    return true;
  }

  /** Whether it goes on where the parts before it ended. */
  private boolean isNext(PartHead head) {
    if (head.index() == 0) {
      return seen.isEmpty() && problem(head, null) == null;
    }
    Seen before = seen.get(head.index() - 1);
    return before != null && problem(head, before) == null;
  }

  /** What is wrong with a part behind another; null if nothing is. */
  private static @Nullable String problem(PartHead head, @Nullable Seen before) {
    byte[] hash = before == null ? new byte[RecordingFormat.HASH] : before.hash;
    if (!Arrays.equals(head.previous(), hash)) {
      return "the part before it is not the one that it followed";
    }
    long number = before == null ? 0 : before.end.number();
    long offset = before == null ? 0 : before.end.offset();
    long time = before == null ? 0 : before.end.nanos();
    return head.number() == number && head.offset() == offset && head.nanos() >= time
        ? null
        : "its first event is not the next one";
  }

  /** Whether everything so far could be read: what is encrypted to others can't be. */
  public boolean isReadable() {
    return hidden.isEmpty();
  }

  /** What all parts together are. */
  public Verification finish() {
    PartEnds.Last end = together();
    Verification.State state = state(end);
    return new Verification(
        first == null ? "" : first.recording(),
        first == null ? "" : fingerprint(first.key()),
        state,
        seen.size(),
        events,
        bytes,
        Duration.ofNanos(nanos),
        findings,
        about,
        List.copyOf(hidden));
  }

  private PartEnds.@Nullable Last together() {
    if (seen.isEmpty()) {
      find("there is no part of a recording");
      return null;
    }
    int last = seen.lastKey();
    Seen before = null;
    PartEnds.Last end = null;
    for (int index = 0; index <= last; index++) {
      Seen part = seen.get(index);
      if (part == null) {
        index = missing(index, last);
      } else {
        check(part, index, index == last, before);
        end = part.ends.last();
      }
      before = part;
    }
    return end;
  }

  /** Tells of parts that are missing from {@code from} on; returns the last of them. */
  private int missing(int from, int last) {
    int next = seen.higherKey(Math.min(from, last));
    find(
        next - from == 1
            ? "part %d is missing".formatted(from)
            : "parts %d to %d are missing".formatted(from, next - 1));
    return next - 1;
  }

  private void check(Seen part, int index, boolean isLast, @Nullable Seen before) {
    String problem = index > 0 && before == null ? null : problem(part.head, before);
    if (problem != null && (before == null || !(before.tail instanceof PartReader.Tail.Damaged))) {
      find("part %d does not fit: %s".formatted(index, problem));
    }
    if (part.tail instanceof PartReader.Tail.Torn(int at) && !isLast) {
      find(
          "part %d is cut off at byte %d, behind event %d, and others follow"
              .formatted(index, at, part.end.number() - 1));
    }
    if (part.ends.isDisorderly() || (part.ends.last() != null && !isLast)) {
      find("part %d has a beginning or an end in the middle".formatted(index));
    }
  }

  private Verification.State state(PartEnds.@Nullable Last end) {
    if (!findings.isEmpty()) {
      return Verification.State.DAMAGED;
    }
    Seen last = seen.lastEntry().getValue();
    if (last.tail instanceof PartReader.Tail.Torn(int at)) {
      find(
          "its end is missing: part %d is cut off at byte %d, behind event %d"
              .formatted(last.head.index(), at, last.end.number() - 1));
      return Verification.State.UNFINISHED;
    }
    if (end == null) {
      find("its end is missing behind event %d".formatted(last.end.number() - 1));
      return Verification.State.UNFINISHED;
    }
    if (end.why() == Event.Why.CUT) {
      find("it was cut off behind event %d: %s".formatted(last.end.number() - 2, end.reason()));
      return Verification.State.CUT;
    }
    return Verification.State.WHOLE;
  }

  private static String fingerprint(byte[] key) {
    byte[] type = "ssh-ed25519".getBytes(US_ASCII);
    byte[] wire =
        ByteBuffer.allocate(8 + type.length + key.length)
            .putInt(type.length)
            .put(type)
            .putInt(key.length)
            .put(key)
            .array();
    byte[] digest = RecordingFormat.hash().digest(wire);
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
  }

  private void find(String sentence) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(sentence.endsWith(".") ? sentence : sentence + ".");
    }
  }
}
