package dev.holdfast.link;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A name server whose questions lie before the test until it answers them. */
final class HeldNames implements Resolver.Lookup {
  /** A question that waits for its answer; no address stands for an unknown name. */
  record Question(String host, CompletableFuture<List<InetAddress>> addresses) {
    void answer(String... literals) {
      addresses.complete(List.of(literals).stream().map(InetAddress::ofLiteral).toList());
    }
  }

  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    Question question = new Question(host, new CompletableFuture<>());
    questions.add(question);
    List<InetAddress> addresses = question.addresses.join();
    if (addresses.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return addresses;
  }

  /** The next question, when it has been asked. */
  Question next() throws InterruptedException {
    Question question = questions.poll(10, TimeUnit.SECONDS);
    if (question == null) {
      throw new AssertionError("nothing was asked");
    }
    return question;
  }

  boolean isIdle() {
    return questions.isEmpty();
  }
}
