package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's knowledge of one stream: what a client must prove to come back to it
 * (PROTOCOL.resume-v2, section 4).
 *
 * <p>After a resume the server can't know whether its answer arrived, so it accepts the generation
 * before it and the ones it answered with, until the client has used one. Confined like its
 * endpoint.
 */
public final class ServerResumptionV2 {
  /** Generations answered with and not yet used by the client: the oldest goes first. */
  static final int MOST_OFFERED = 8;

  private SecretsV2 current;
  private final ArrayList<SecretsV2> offered = new ArrayList<>();
  private long counter;

  private ServerResumptionV2(SecretsV2 current) {
    this.current = current;
  }

  /** A stream opened or resumed: who knows it, and what to answer. */
  public record Answered(ServerResumptionV2 resumption, byte[] answer) {}

  /**
   * Opens a stream.
   *
   * @param share fresh for this stream
   * @param announcement the line with which this protocol was announced, without its end; empty if
   *     it was not
   * @param patience how long the stream will be kept without a link
   */
  public static Answered open(
      HelloV2.Open hello,
      KeyShare share,
      byte[] announcement,
      LinkV2.Position position,
      Duration patience)
      throws ProtocolException {
    byte[] said = AnswerV2.accepted(share.shown(), position, patience);
    byte[] transcript = SecretsV2.hash(announcement, hello.encoded(), said);
    SecretsV2 first = SecretsV2.first(share.agree(hello.share()), transcript);
    return new Answered(new ServerResumptionV2(first), join(said, first.serverProof(transcript)));
  }

  /**
   * The names under which hellos of this stream come. They change with each call of {@link
   * #resume}.
   */
  public List<StreamId> ids() {
    ArrayList<StreamId> ids = new ArrayList<>();
    ids.add(current.id());
    offered.forEach(secrets -> ids.add(secrets.id()));
    return ids;
  }

  /**
   * Whether {@code hello} is from the stream's client and was not heard before. Changes nothing.
   */
  public boolean proves(HelloV2.Resume hello) {
    for (SecretsV2 secrets : generations()) {
      if (secrets.id().equals(hello.id())) {
        return SecretsV2.same(secrets.clientProof(hello.proven()), hello.proof())
            && hello.counter() > counter;
      }
    }
    return false;
  }

  /** Answers a hello that {@link #proves} itself; {@code share} must be fresh. */
  public byte[] resume(
      HelloV2.Resume hello, KeyShare share, LinkV2.Position position, Duration patience)
      throws ProtocolException {
    SecretsV2 used =
        generations().stream().filter(it -> it.id().equals(hello.id())).findFirst().orElseThrow();
    byte[] said = AnswerV2.accepted(share.shown(), position, patience);
    byte[] encoded = join(hello.proven(), hello.proof());
    byte[] transcript = SecretsV2.hash(encoded, said);
    SecretsV2 next = used.next(share.agree(hello.share()), transcript);
    counter = hello.counter();
    if (!used.equals(current)) {
      current = used;
      offered.clear();
    }
    if (offered.size() == MOST_OFFERED) {
      offered.removeFirst();
    }
    offered.add(next);
    return join(said, used.serverProof(transcript));
  }

  private List<SecretsV2> generations() {
    ArrayList<SecretsV2> all = new ArrayList<>(offered);
    all.add(current);
    return all;
  }

  /** Everything a successor process needs, in order: the current generation first. Secret. */
  public record Kept(long counter, List<byte[]> roots) {}

  /** What to hand over. */
  public Kept keep() {
    ArrayList<byte[]> roots = new ArrayList<>();
    roots.add(current.root());
    offered.forEach(secrets -> roots.add(secrets.root()));
    return new Kept(counter, roots);
  }

  /** Goes on with what another process of the service kept. */
  public static ServerResumptionV2 restored(Kept kept) {
    ServerResumptionV2 resumption =
        new ServerResumptionV2(SecretsV2.restored(kept.roots().getFirst()));
    kept.roots().stream().skip(1).map(SecretsV2::restored).forEach(resumption.offered::add);
    resumption.counter = kept.counter();
    return resumption;
  }

  private static byte[] join(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }
}
