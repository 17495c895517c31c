package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Resume v1, both sides ours. */
final class DialectV1 implements Dialect {
  private static final String HOST = "0b5f3c9e-7d21-4c55-9a8e-3f0d6c1b2a47";

  private final boolean pipelines;

  /** {@code pipelines}: whether a client without a link sends its position ahead of the answer. */
  DialectV1(boolean pipelines) {
    this.pipelines = pipelines;
  }

  /** Keys made once: what they are changes nothing, that each stream has its own does. */
  private static final List<KeyExchangeV1> KEYS = keys(128);

  private static List<KeyExchangeV1> keys(int count) {
    SecureRandom random = new SecureRandom();
    List<KeyExchangeV1> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(KeyExchangeV1.fresh(random));
    }
    return keys;
  }

  @Override
  public boolean hasHalfClose() {
    return false;
  }

  @Override
  public boolean noticesDamage() {
    return false;
  }

  @Override
  public long unackedBound() {
    return LinkV1.UNACKED_BOUND;
  }

  @Override
  public Client client(Endpoint endpoint, Chunks chunks, RandomGenerator random) {
    return new ClientV1(endpoint, chunks, pipelines);
  }

  @Override
  public Server server(Supplier<Endpoint> streams, Chunks chunks, RandomGenerator random) {
    return new ServerV1(streams, chunks);
  }

  @Override
  public Referee referee() {
    return new RefereeV1();
  }

  private static final class ClientV1 implements Client {
    private final Endpoint endpoint;
    private final Chunks chunks;
    private final boolean pipelines;
    private ClientOpeningV1.@Nullable Session session;
    private int dials;

    ClientV1(Endpoint endpoint, Chunks chunks, boolean pipelines) {
      this.pipelines = pipelines;
      this.endpoint = endpoint;
      this.chunks = chunks;
    }

    @Override
    public Conversation dial(long now, int leniency) {
      KeyExchangeV1 key = KEYS.get(dials++ % (KEYS.size() / 2));
      return new Dialled(key, leniency);
    }

    private final class Dialled implements Conversation {
      private final ClientOpeningV1 opening;
      private final ClientOpeningV1.@Nullable Session asked = session;
      private final int leniency;
      private byte[] toSay;
      private @Nullable Link link;
      private boolean isOpen;
      private boolean isRefused;

      Dialled(KeyExchangeV1 key, int leniency) {
        this.opening =
            session == null ? ClientOpeningV1.fresh(key) : ClientOpeningV1.resume(key, session);
        this.leniency = leniency;
        this.toSay = opening.firstFlight();
      }

      @Override
      public byte[] say() {
        byte[] bytes = toSay;
        toSay = new byte[0];
        return bytes;
      }

      @Override
      public void hear(ByteBuffer input, long now) throws ProtocolException {
        ClientOpeningV1.Step step;
        do {
          step = opening.read(input);
          take(step, now);
        } while (step instanceof ClientOpeningV1.Step.Proving);
      }

      private void take(ClientOpeningV1.Step step, long now) throws ProtocolException {
        switch (step) {
          case ClientOpeningV1.Step.More() -> {}
          case ClientOpeningV1.Step.Plain() -> throw new ProtocolException("plain server");
          case ClientOpeningV1.Step.Opened(ClientOpeningV1.Session found, byte[] reply) -> {
            if (session != null) {
              throw new ProtocolException("opened on another connection meanwhile");
            }
            session = found;
            link = LinkV1.first(endpoint, chunks, leniency, reply, now);
            isOpen = true;
          }
          case ClientOpeningV1.Step.Proving(byte[] reply) -> {
            if (pipelines && endpoint.link().isEmpty()) {
              link = LinkV1.resumed(endpoint, chunks, leniency, reply, now);
            } else {
              toSay = reply;
            }
          }
          case ClientOpeningV1.Step.Accepted() -> {
            link =
                link == null ? LinkV1.resumed(endpoint, chunks, leniency, new byte[0], now) : link;
            isOpen = true;
          }
          case ClientOpeningV1.Step.Refused(AnswerV1 why) -> refused(why);
        }
      }

      /**
       * A stream of which the server never heard is begun anew, unless its opening may still be
       * under way.
       */
      private void refused(AnswerV1 why) throws ProtocolException {
        if (!Objects.equals(asked, session)) {
          throw new ProtocolException("a late answer about a stream given up");
        }
        if (endpoint.receivedBytes() == 0 && endpoint.acked() == 0) {
          boolean isUnderWay = endpoint.link().isPresent() && link == null;
          session = isUnderWay ? session : null;
          throw new ProtocolException("the opening never arrived");
        }
        isRefused = why.isFinal();
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
      public @Nullable Link link() {
        return link;
      }

      @Override
      public Endpoint endpoint() {
        return endpoint;
      }
    }
  }

  private static final class ServerV1 implements Server {
    private final Supplier<Endpoint> streams;
    private final Chunks chunks;
    private final Map<TokenV1, Endpoint> table = new HashMap<>();
    private int accepts;

    ServerV1(Supplier<Endpoint> streams, Chunks chunks) {
      this.streams = streams;
      this.chunks = chunks;
    }

    @Override
    public Conversation accept(long now) {
      return new Accepted(KEYS.get(KEYS.size() / 2 + accepts++ % (KEYS.size() / 2)));
    }

    @Override
    public void forget(Endpoint endpoint) {
      table.values().remove(endpoint);
    }

    private final class Accepted implements Conversation {
      private final ServerOpeningV1 opening;
      private byte[] toSay;
      private @Nullable Link link;
      private @Nullable Endpoint endpoint;
      private boolean isRefused;

      Accepted(KeyExchangeV1 key) {
        opening = new ServerOpeningV1(key);
        toSay = opening.line(HOST).encoded();
      }

      @Override
      public byte[] say() {
        byte[] bytes = toSay;
        toSay = new byte[0];
        return bytes;
      }

      @Override
      public void hear(ByteBuffer input, long now) throws ProtocolException {
        switch (opening.read(input)) {
          case ServerOpeningV1.Step.More() -> {}
          case ServerOpeningV1.Step.Plain() -> throw new ProtocolException("plain client");
          case ServerOpeningV1.Step.Fresh(TokenV1 token) -> {
            endpoint = streams.get();
            table.put(token, endpoint);
            link = LinkV1.first(endpoint, chunks, 1, new byte[0], now);
          }
          case ServerOpeningV1.Step.Resume(TokenV1 token) -> {
            endpoint = table.get(token);
            if (endpoint == null) {
              toSay = AnswerV1.NOT_FOUND.encoded();
              isRefused = true;
            } else {
              link = LinkV1.resumed(endpoint, chunks, 1, AnswerV1.ACCEPTED.encoded(), now);
            }
          }
        }
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
