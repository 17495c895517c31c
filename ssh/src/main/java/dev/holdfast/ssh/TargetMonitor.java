package dev.holdfast.ssh;

import java.io.IOException;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Answers for a confined process that logs in: it has the keys, the files and the person, and gives
 * none of them away. A signature is given for logging in as the target's user, with a key that the
 * target has, once the host's key was accepted and until the login is done. For one login.
 */
public final class TargetMonitor {
  /** Signatures in one login: as many as keys are tried. */
  static final int MOST_SIGNATURES = 64;

  private final Target target;
  private final MonitorTalk talk;
  private final BooleanSupplier isSafe;
  private boolean isKnown;
  private boolean isDone;
  private int signatures;

  /**
   * For that login.
   *
   * @param isSafe whether the server that was accepted is the one that was meant
   */
  public TargetMonitor(Target target, MonitorTalk talk, BooleanSupplier isSafe) {
    this.target = target;
    this.talk = talk;
    this.isSafe = isSafe;
  }

  /**
   * Says what there is to log in with, and answers until the connection has ended.
   *
   * @param outlivesLinks whether the stream goes on when links are lost
   * @param done run when the login is done
   */
  public void serve(boolean outlivesLinks, Runnable done) throws IOException {
    talk.tell(TargetTerms.of(target, outlivesLinks));
    for (Optional<MonitorTalk.Heard> heard = talk.hear(); heard.isPresent(); heard = talk.hear()) {
      heard.get().close();
      MonitorMessage question = heard.get().message();
      talk.tell(answer(question));
      if (isDone && question.about().equals("done")) {
        done.run();
      }
    }
  }

  private MonitorMessage answer(MonitorMessage question) throws IOException {
    MonitorMessage no = MonitorMessage.empty();
    return switch (question.about()) {
      case "ordered" -> no.with("names", target.hostKey().ordered(question.texts("names")));
      case "accepts" -> no.with("yes", accepts(question.key("key")));
      case "at hand" -> no.with("yes", keys().isPresent() && isAtHand(question.key("key")));
      case "sign" -> signed(question).map(made -> no.with("signature", made)).orElse(no);
      case "answer" -> told(ask(question));
      case "password" -> told(Optional.ofNullable(isDone ? null : target.person().password()));
      case "tell" -> {
        target.person().tell(question.text("text").orElse(""));
        yield no;
      }
      case "done" -> done();
      case "announced" -> announced(question.keys("keys"));
      default -> throw new IOException("A confined process asked for what there is not.");
    };
  }

  private Optional<LoginKeys> keys() {
    return isKnown && !isDone ? target.identities() : Optional.empty();
  }

  private boolean accepts(PublicKey key) {
    isKnown = target.hostKey().accepts(key);
    return isKnown;
  }

  private boolean isAtHand(PublicKey key) {
    return target.identities().orElseThrow().isAtHand(key);
  }

  private Optional<byte[]> signed(MonitorMessage question) throws IOException {
    PublicKey key = question.key("key");
    byte[] data = question.bytes("data").orElse(new byte[0]);
    Optional<LoginKeys> keys = keys();
    boolean isOurs =
        keys.isPresent() && keys.get().keys().stream().anyMatch(it -> SshKeys.areSame(it, key));
    if (!isOurs
        || ++signatures > MOST_SIGNATURES
        || !SignedLogin.isRequest(data, target.user(), SshKeys.wire(key))) {
      return Optional.empty();
    }
    try {
      String algorithm = question.text("algorithm").orElse("");
      return Optional.of(KeySigning.sign(keys.get(), null, key, algorithm, data));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> ask(MonitorMessage question) {
    String prompt = question.text("prompt").orElse("");
    return Optional.ofNullable(
        isKnown && !isDone ? target.person().answer(prompt, question.flag("echo")) : null);
  }

  private static MonitorMessage told(Optional<String> text) {
    MonitorMessage no = MonitorMessage.empty();
    return text.map(it -> no.with("text", it)).orElse(no);
  }

  private MonitorMessage done() {
    isDone = isKnown && isSafe.getAsBoolean();
    return MonitorMessage.empty().with("safe", isDone);
  }

  /** In the middle of its answer the monitor asks for a proof. */
  private MonitorMessage announced(List<PublicKey> keys) {
    if (isDone) {
      target.hostKey().announced(keys, this::proven);
    }
    return MonitorMessage.empty();
  }

  private List<PublicKey> proven(List<PublicKey> keys) {
    try {
      talk.tell(MonitorMessage.about("prove").withKeys("keys", keys));
      Optional<MonitorTalk.Heard> heard = talk.hear();
      if (heard.isEmpty()) {
        return List.of();
      }
      heard.get().close();
      return heard.get().message().keys("keys");
    } catch (IOException e) {
      return List.of();
    }
  }
}
