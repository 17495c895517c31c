package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.Resolver.Answer;
import dev.holdfast.link.Resolver.Query;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

class ResolverTest {
  private final HeldNames names = new HeldNames();
  private final AtomicLong clock = new AtomicLong();
  private final Resolver resolver = new Resolver(names, clock::get);
  private final AtomicInteger wakes = new AtomicInteger();

  @Test
  void wakesWhoAskedWhenThereIsAnAnswer() throws InterruptedException {
    Query query = ask("host");
    assertThat(query.answer()).isNull();
    names.next().answer("192.0.2.1", "2001:db8::1");
    soon().until(() -> wakes.get() == 1);
    assertThat(query.answer()).isEqualTo(found("192.0.2.1", "2001:db8::1"));
  }

  @Test
  void aLostQuestionIsOvertakenByALaterOneThatServesAll() throws InterruptedException {
    Query first = ask("host");
    HeldNames.Question lost = names.next();
    Query soon = ask("host");
    assertThat(names.isIdle()).as("not asked again within a second").isTrue();
    clock.addAndGet(Resolver.AGAIN.toNanos());
    Query later = ask("host");
    names.next().answer("192.0.2.1");
    soon().until(() -> wakes.get() == 3);
    assertThat(List.of(first, soon, later))
        .allSatisfy(query -> assertThat(query.answer()).isEqualTo(found("192.0.2.1")));
    lost.answer();
  }

  @Test
  void aFailureIsNoAnswerWhileAnotherLookupMaySucceed() throws InterruptedException {
    Query first = ask("host");
    HeldNames.Question slow = names.next();
    clock.addAndGet(Resolver.AGAIN.toNanos());
    Query second = ask("host");
    names.next().answer();
    slow.answer("192.0.2.1");
    soon().until(() -> wakes.get() == 2);
    assertThat(first.answer()).isEqualTo(found("192.0.2.1"));
    assertThat(second.answer()).isEqualTo(found("192.0.2.1"));
  }

  @Test
  void tellsThatANameIsUnknownAndAsksAnewWhenAskedAgain() throws InterruptedException {
    Query query = ask("host");
    names.next().answer();
    soon().until(() -> wakes.get() == 1);
    assertThat(query.answer()).isEqualTo(new Answer.Unknown());
    Query again = ask("host");
    names.next().answer("192.0.2.1");
    soon().until(() -> wakes.get() == 2);
    assertThat(again.answer()).isEqualTo(found("192.0.2.1"));
  }

  @Test
  void anAnswerIsFreshForASecondAndRememberedFromThenOn() throws InterruptedException {
    learn("host", "192.0.2.1");
    clock.addAndGet(Resolver.AGAIN.toNanos() - 1);
    assertThat(ask("host").answer()).isEqualTo(found("192.0.2.1"));
    clock.addAndGet(1);
    assertThat(ask("host").answer()).isNull();
    assertThat(resolver.remembered("host")).isEqualTo(addresses("192.0.2.1"));
    names.next().answer();
    soon().until(() -> wakes.get() == 2);
    assertThat(resolver.remembered("host")).isEqualTo(addresses("192.0.2.1"));
  }

  @Test
  void theAddressThatWorkedComesFirstAsLongAsTheNameHasIt() throws InterruptedException {
    learn("host", "192.0.2.1", "192.0.2.2", "192.0.2.3");
    resolver.worked("host", InetAddress.ofLiteral("192.0.2.2"));
    assertThat(resolver.remembered("host"))
        .isEqualTo(addresses("192.0.2.2", "192.0.2.1", "192.0.2.3"));
    clock.addAndGet(Resolver.AGAIN.toNanos());
    learn("host", "192.0.2.9", "192.0.2.8");
    assertThat(resolver.remembered("host")).isEqualTo(addresses("192.0.2.9", "192.0.2.8"));
  }

  @Test
  void whoHasClosedItsQueryIsNotWoken() throws InterruptedException {
    Query closed = ask("host");
    Query open = resolver.ask("host", () -> wakes.addAndGet(100));
    closed.close();
    names.next().answer("192.0.2.1");
    soon().until(() -> open.answer() != null);
    assertThat(closed.answer()).isNull();
    soon().until(() -> wakes.get() == 100);
  }

  @Test
  void eightLookupsAreUnderWayAtOnceAndTheNextWaitsForTheirEnd() throws InterruptedException {
    List<HeldNames.Question> held = new ArrayList<>();
    for (int i = 0; i < Resolver.MAX_LOOKUPS; i++) {
      ask("host" + i);
      held.add(names.next());
    }
    Query ninth = ask("ninth");
    assertThat(names.isIdle()).isTrue();
    held.getFirst().answer();
    HeldNames.Question question = names.next();
    assertThat(question.host()).isEqualTo("ninth");
    question.answer("192.0.2.1");
    soon().until(() -> ninth.answer() != null);
    held.forEach(HeldNames.Question::answer);
  }

  @Test
  void remembersSixtyFourNamesAndForgetsTheOneNotAskedForLongest() throws InterruptedException {
    for (int i = 0; i < Resolver.MAX_NAMES; i++) {
      learn("host" + i, "192.0.2.1");
    }
    assertThat(resolver.remembered("host0")).as("asked for: young again").isNotEmpty();
    learn("another", "192.0.2.1");
    assertThat(resolver.remembered("host1")).isEmpty();
    assertThat(resolver.remembered("host0")).isNotEmpty();
    assertThat(resolver.remembered("another")).isNotEmpty();
  }

  private static ConditionFactory soon() {
    return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
  }

  private Query ask(String host) {
    return resolver.ask(host, wakes::incrementAndGet);
  }

  private void learn(String host, String... literals) throws InterruptedException {
    Query query = ask(host);
    names.next().answer(literals);
    soon().until(() -> query.answer() != null);
  }

  private static Answer found(String... literals) {
    return new Answer.Found(addresses(literals));
  }

  private static List<InetAddress> addresses(String... literals) {
    return List.of(literals).stream().map(InetAddress::ofLiteral).toList();
  }
}
