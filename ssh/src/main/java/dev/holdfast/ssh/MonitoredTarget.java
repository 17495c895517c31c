package dev.holdfast.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A login of a confined process: whatever it would need keys, files or the person for it asks its
 * monitor ({@link TargetMonitor}). For one login. Thread-safe.
 */
public final class MonitoredTarget {
  private final MonitorTalk talk;
  private final TargetTerms terms;
  private volatile Optional<String> unanswered = Optional.empty();

  private MonitoredTarget(MonitorTalk talk, TargetTerms terms) {
    this.talk = talk;
    this.terms = terms;
  }

  /** That of the terms that the monitor has sent. */
  public static MonitoredTarget of(MonitorTalk talk, MonitorMessage terms) throws IOException {
    return new MonitoredTarget(talk, TargetTerms.read(terms));
  }

  /** For the SSH engine. */
  public Target target() {
    return new Target(
        terms.user(),
        Optional.of(new Keys()),
        List.of(),
        new Person(),
        new HostKey(),
        terms.prefixSent(),
        terms.offer(),
        terms.patience());
  }

  /** Whether the stream goes on when links are lost. */
  public boolean outlivesLinks() {
    return terms.outlivesLinks();
  }

  /** The last question to the person that had no answer. */
  public Optional<String> unanswered() {
    return unanswered;
  }

  /** The login is done; whether the server is one to go on with. */
  public boolean done() throws IOException {
    return talk.ask(MonitorMessage.about("done")).flag("safe");
  }

  private final class Keys implements LoginKeys {
    @Override
    public List<PublicKey> keys() {
      return terms.keys();
    }

    @Override
    public boolean isAtHand(PublicKey key) {
      return asked(MonitorMessage.about("at hand").with("key", key)).flag("yes");
    }

    @Override
    public Optional<byte[]> signature(PublicKey key, String algorithm, byte[] data)
        throws IOException {
      MonitorMessage question =
          MonitorMessage.about("sign")
              .with("key", key)
              .with("algorithm", algorithm)
              .with("data", data);
      return talk.ask(question).bytes("signature");
    }

    @Override
    public Optional<KeyPair> pair(PublicKey key) {
      return Optional.empty();
    }

    @Override
    public Optional<Agent> agentOf(PublicKey key) {
      return Optional.empty();
    }
  }

  private final class Person implements LoginPerson {
    @Override
    public @Nullable String answer(String prompt, boolean echo) {
      return answered(
          prompt, MonitorMessage.about("answer").with("prompt", prompt).with("echo", echo));
    }

    @Override
    public @Nullable String password() {
      return answered("password", MonitorMessage.about("password"));
    }

    private @Nullable String answered(String prompt, MonitorMessage question) {
      Optional<String> answer = asked(question).text("text");
      if (answer.isEmpty()) {
        unanswered = Optional.of(prompt);
      }
      return answer.orElse(null);
    }

    @Override
    public void tell(String text) {
      asked(MonitorMessage.about("tell").with("text", text));
    }

    @Override
    public List<String> methods() {
      return terms.methods();
    }

    @Override
    public int tries() {
      return terms.tries();
    }
  }

  private final class HostKey implements HostKeyCheck {
    @Override
    public boolean accepts(PublicKey key) {
      return asked(MonitorMessage.about("accepts").with("key", key)).flag("yes");
    }

    @Override
    public Optional<String> certifiedName() {
      return terms.certifiedName();
    }

    @Override
    public List<String> ordered(List<String> algorithms) {
      return asked(MonitorMessage.about("ordered").with("names", algorithms)).texts("names");
    }

    /**
     * The monitor asks in return for proofs before it has done; one that has ended asks nothing.
     */
    @Override
    public void announced(List<PublicKey> keys, Prover prover) {
      synchronized (talk) {
        try {
          MonitorMessage answer =
              talk.ask(MonitorMessage.about("announced").withKeys("keys", keys));
          while (answer.about().equals("prove")) {
            List<PublicKey> proven = prover.proven(answer.keys("keys"));
            answer = talk.ask(MonitorMessage.about("proven").withKeys("keys", proven));
          }
        } catch (IOException e) {
          // The window is closed; the server announces them to the next one too.
        }
      }
    }
  }

  private MonitorMessage asked(MonitorMessage question) {
    try {
      return talk.ask(question);
    } catch (IOException e) {
      throw new UncheckedIOException("The monitor does not answer.", e);
    }
  }
}
