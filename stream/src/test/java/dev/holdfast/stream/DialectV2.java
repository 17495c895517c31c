package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Resume v2, both sides ours. */
final class DialectV2 implements Dialect {
  private static final Duration PATIENCE = Duration.ofNanos(Simulation.PATIENCE);
  private static final byte[] NO_ANNOUNCEMENT = new byte[0];

  @Override
  public boolean hasHalfClose() {
    return true;
  }

  @Override
  public boolean noticesDamage() {
    return true;
  }

  @Override
  public long unackedBound() {
    return Window.MOST;
  }

  @Override
  public Client client(Endpoint endpoint, Chunks chunks, RandomGenerator random) {
    return new ClientV2(endpoint, chunks, random);
  }

  @Override
  public Server server(Supplier<Endpoint> streams, Chunks chunks, RandomGenerator random) {
    return new ServerV2(streams, chunks, random);
  }

  @Override
  public Referee referee() {
    return new RefereeV2();
  }

  private static KeyShare share(RandomGenerator random) {
    byte[] bytes = new byte[KeyShare.BYTES];
    random.nextBytes(bytes);
    return new KeyShare(bytes);
  }

  private static final class ClientV2 implements Client {
    private final Endpoint endpoint;
    private final Chunks chunks;
    private final RandomGenerator random;
    private final ClientResumptionV2 resumption = new ClientResumptionV2(NO_ANNOUNCEMENT);

    ClientV2(Endpoint endpoint, Chunks chunks, RandomGenerator random) {
      this.endpoint = endpoint;
      this.chunks = chunks;
      this.random = random;
    }

    @Override
    public Conversation dial(long now, int leniency) {
      LinkV2 link = new LinkV2(endpoint, chunks, true, leniency, now);
      boolean resumes = resumption.isOpen();
      ClientResumptionV2.Attempt attempt =
          resumes
              ? resumption.resume(share(random), link.position())
              : resumption.open(share(random), link.position());
      return new Dialled(attempt, resumes, link, now);
    }

    private final class Dialled implements Conversation {
      private final ClientResumptionV2.Attempt attempt;
      private final boolean resumes;
      private final LinkV2 link;
      private final long askedAt;
      private byte[] toSay;
      private boolean isOpen;
      private boolean isRefused;

      Dialled(ClientResumptionV2.Attempt attempt, boolean resumes, LinkV2 link, long askedAt) {
        this.attempt = attempt;
        this.resumes = resumes;
        this.link = link;
        this.askedAt = askedAt;
        this.toSay = attempt.hello();
      }

      @Override
      public byte[] say() {
        byte[] bytes = toSay;
        toSay = new byte[0];
        return bytes;
      }

      @Override
      public void hear(ByteBuffer input, long now) throws ProtocolException {
        if (!resumes && (resumption.isOpen() || link.isOver())) {
          throw new ProtocolException("the stream was opened over another connection");
        }
        switch (attempt.answer(input)) {
          case null -> {}
          case ClientResumptionV2.Outcome.Accepted accepted -> {
            link.roundTripWas(now - askedAt);
            link.peerIsAt(accepted.peer(), now);
            isOpen = true;
          }
          case ClientResumptionV2.Outcome.Refused refused -> {
            isRefused = refused.why().isFinal();
            throw new ProtocolException(refused.text());
          }
        }
      }

      @Override
      public boolean isOpen() {
        return isOpen;
      }

      @Override
      public boolean isRefused() {
        return isRefused;
      }

      @Override
      public Link link() {
        return link;
      }

      @Override
      public Endpoint endpoint() {
        return endpoint;
      }
    }
  }

  private static final class ServerV2 implements Server {
    private final Supplier<Endpoint> streams;
    private final Chunks chunks;
    private final RandomGenerator random;
    private final Map<StreamId, Kept> table = new HashMap<>();

    /** A stream that clients may come back to. */
    private record Kept(Endpoint endpoint, ServerResumptionV2 resumption) {}

    ServerV2(Supplier<Endpoint> streams, Chunks chunks, RandomGenerator random) {
      this.streams = streams;
      this.chunks = chunks;
      this.random = random;
    }

    @Override
    public Conversation accept(long now) {
      return new Accepted();
    }

    @Override
    public void forget(Endpoint endpoint) {
      table.values().removeIf(kept -> kept.endpoint() == endpoint);
    }

    private void enter(Kept kept) {
      forget(kept.endpoint());
      kept.resumption().ids().forEach(id -> table.put(id, kept));
    }

    private final class Accepted implements Conversation {
      private byte[] toSay = new byte[0];
      private @Nullable LinkV2 link;
      private @Nullable Endpoint endpoint;
      private boolean isRefused;

      @Override
      public byte[] say() {
        byte[] bytes = toSay;
        toSay = new byte[0];
        return bytes;
      }

      @Override
      public void hear(ByteBuffer input, long now) throws ProtocolException {
        switch (HelloV2.read(input)) {
          case null -> {}
          case HelloV2.Open hello -> open(hello, now);
          case HelloV2.Resume hello -> resume(hello, now);
        }
      }

      private void open(HelloV2.Open hello, long now) throws ProtocolException {
        Endpoint fresh = streams.get();
        LinkV2 first = new LinkV2(fresh, chunks, false, 1, now);
        ServerResumptionV2.Answered opened =
            ServerResumptionV2.open(
                hello, share(random), NO_ANNOUNCEMENT, first.position(), PATIENCE);
        first.peerIsAt(new LinkV2.Position(0, hello.limit()), now);
        enter(new Kept(fresh, opened.resumption()));
        toSay = opened.answer();
        endpoint = fresh;
        link = first;
      }

      private void resume(HelloV2.Resume hello, long now) throws ProtocolException {
        Kept kept = table.get(hello.id());
        if (kept == null || !kept.resumption().proves(hello)) {
          toSay = AnswerV2.refused(AnswerV2.Why.UNKNOWN, "no such stream");
          isRefused = true;
          return;
        }
        LinkV2.Position position = LinkV2.Position.of(kept.endpoint());
        toSay = kept.resumption().resume(hello, share(random), position, PATIENCE);
        enter(kept);
        LinkV2 next = new LinkV2(kept.endpoint(), chunks, false, 1, now);
        next.peerIsAt(hello.position(), now);
        endpoint = kept.endpoint();
        link = next;
      }

      @Override
      public boolean isOpen() {
        return link != null;
      }

      @Override
      public boolean isRefused() {
        return isRefused;
      }

      @Override
      public @Nullable Link link() {
        return link;
      }

      @Override
      public @Nullable Endpoint endpoint() {
        return endpoint;
      }
    }
  }
}
