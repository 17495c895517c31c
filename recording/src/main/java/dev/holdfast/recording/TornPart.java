package dev.holdfast.recording;

import dev.holdfast.access.Recipient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A part whose writer died, as far as it is whole. Immutable. */
public final class TornPart {
  private final PartHead head;
  private final PartReader.Position position;
  private final byte[] whole;
  private final boolean sealed;
  private final boolean ended;

  private TornPart(
      PartHead head, PartReader.Position position, byte[] whole, boolean sealed, boolean ended) {
    this.head = head;
    this.position = position;
    this.whole = whole;
    this.sealed = sealed;
    this.ended = ended;
  }

  /** What is whole of {@code bytes}; nothing if not even the recording's start is. */
  public static Optional<TornPart> of(byte[] bytes) {
    try {
      PartReader reader = PartReader.of(bytes, 0);
      PartHead head = reader.head();
      boolean[] ended = {false};
      PartReader.Tail tail =
          reader.readAll(
              event -> ended[0] = event.content() instanceof Event.End,
              note -> ended[0] = note.ends().isPresent());
      if (reader.position().number() == 0) {
        return Optional.empty();
      }
      int end =
          switch (tail) {
            case PartReader.Tail.Sealed(int at) -> at;
            case PartReader.Tail.Torn(int at) -> at;
            case PartReader.Tail.Damaged(int at, _) -> at;
          };
      return Optional.of(
          new TornPart(
              head,
              reader.position(),
              Arrays.copyOf(bytes, end),
              tail instanceof PartReader.Tail.Sealed,
              ended[0]));
    } catch (MalformedPartException e) {
      return Optional.empty();
    }
  }

  /** Whether {@code signer} can go on with it: a recording is signed by one key. */
  public boolean isBy(Signer signer) {
    return Arrays.equals(head.key(), signer.shown());
  }

  /** Which one it is. */
  public int index() {
    return head.index();
  }

  PartReader.Position position() {
    return position;
  }

  /** The bytes that are whole. */
  public byte[] whole() {
    return whole.clone();
  }

  /** Whether it has its seal: nothing is to be added. */
  public boolean isSealed() {
    return sealed;
  }

  /** Where the next part goes on, if this one has its seal. */
  public Optional<Continuation> continuation() {
    return sealed
        ? Optional.of(
            new Continuation(
                head.key(),
                head.index() + 1,
                RecordingFormat.hash().digest(whole),
                position.number(),
                position.offset(),
                position.nanos(),
                recipients()))
        : Optional.empty();
  }

  /** Whom it is encrypted to; nobody if everybody can read it. */
  List<Recipient> recipients() {
    Envelope envelope = head.envelope();
    return envelope == null ? List.of() : envelope.recipients();
  }

  /** Whether its last event is the recording's end. */
  public boolean isEnded() {
    return ended;
  }
}
