package dev.holdfast.link;

import dev.holdfast.stream.AnswerV1;
import dev.holdfast.stream.ClientOpeningV1;
import dev.holdfast.stream.KeyExchangeV1;
import dev.holdfast.stream.Link;
import dev.holdfast.stream.LinkV1;
import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Comes back to a stream in the words of resume v1. Guarded by the stream's lock. */
final class ComebackV1 implements Comeback {
  /** Its servers keep a stream for a minute and do not say so; ours may keep it longer. */
  static final Duration PATIENCE = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ResumableStream stream;
  private final ClientOpeningV1.Session session;

  ComebackV1(ResumableStream stream, ClientOpeningV1.Session session) {
    this.stream = stream;
    this.session = session;
  }

  @Override
  public Attempt begin(Verdict verdict, int leniency, long now) {
    ClientOpeningV1 opening = ClientOpeningV1.resume(KeyExchangeV1.fresh(RANDOM), session);
    return new Attempt(
        ByteBuffer.wrap(opening.firstFlight()), new Answer(stream, opening, verdict, leniency));
  }

  /**
   * The server's line, then its answer; between them the link begins with the proof and our
   * position.
   */
  private static final class Answer implements Opening {
    private final ResumableStream stream;
    private final ClientOpeningV1 opening;
    private final Verdict verdict;
    private final int leniency;
    private @Nullable LinkV1 link;

    Answer(ResumableStream stream, ClientOpeningV1 opening, Verdict verdict, int leniency) {
      this.stream = stream;
      this.opening = opening;
      this.verdict = verdict;
      this.leniency = leniency;
    }

    @Override
    public @Nullable Link link() {
      return link;
    }

    @Override
    public boolean receive(ByteBuffer input, long now) throws ProtocolException {
      while (true) {
        switch (opening.read(input)) {
          case ClientOpeningV1.Step.More more -> {
            return false;
          }
          case ClientOpeningV1.Step.Proving(byte[] reply) ->
              link = LinkV1.resumed(stream.endpoint, stream.chunks, leniency, reply, now);
          case ClientOpeningV1.Step.Accepted accepted -> {
            verdict.accepted(PATIENCE);
            return true;
          }
          case ClientOpeningV1.Step.Refused(AnswerV1 why) -> throw refused(why);
          case ClientOpeningV1.Step.Plain plain -> {
            verdict.gone("The server has stopped speaking resume v1.");
            throw new ProtocolException("no resume v1 any more");
          }
          case ClientOpeningV1.Step.Opened opened ->
              throw new IllegalStateException("a resume opened a stream");
        }
      }
    }

    /** Another address may be right again on another network; anything else is final. */
    private ProtocolException refused(AnswerV1 why) {
      if (why == AnswerV1.BAD_ADDRESS) {
        verdict.later("The server takes this stream from its first address only.");
      } else {
        verdict.gone("The server does not have this stream any more.");
      }
      return new ProtocolException("refused: " + why);
    }
  }
}
