package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.auth.DeviceLogin.Outcome;
import dev.holdfast.ssh.Dialogue;
import dev.holdfast.testkit.IdentityProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody is shown who confirms a code, and how long he is waited for. */
@Timeout(120)
final class DeviceLoginTest {
  private IdentityProvider there;
  private final Patience patience = new Patience();
  private final Person person = new Person();
  private DeviceLogin login;

  @BeforeEach
  void start() throws IOException {
    there = new IdentityProvider();
    OidcSettings settings = ProviderTest.settings(there, Optional.empty(), Map.of());
    login =
        new DeviceLogin(
            new Provider(settings, new ProviderPages(Duration.ofSeconds(10))), patience);
  }

  @AfterEach
  void end() {
    login.close();
    there.close();
  }

  /** Time that passes at once. */
  private static final class Patience implements DeviceLogin.Waiting {
    private final List<Duration> slept = new ArrayList<>();
    private long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(Duration time) {
      slept.add(time);
      nanos += time.toNanos();
    }
  }

  private static final class Person implements Dialogue {
    private final List<String> told = new ArrayList<>();
    private boolean gone;

    @Override
    public List<String> ask(String name, String instruction, List<Question> questions) {
      questions.forEach(question -> told.add(question.text()));
      return questions.stream().map(question -> "").toList();
    }

    @Override
    public boolean isOver() {
      return gone;
    }
  }

  @Test
  void showsTheCodeAndAsksAsOftenAsTheProviderWants() throws IOException {
    there.answerFirst(
        "authorization_pending", "slow_down", "authorization_pending", "authorization_pending");
    assertThat(login.ask(person)).isInstanceOf(Outcome.Known.class);
    assertThat(person.told)
        .containsExactly(
            "Open %s/device and enter the code WDJB-MJHT there, then press Enter: "
                .formatted(there.issuer()));
    assertThat(patience.slept).containsExactly(seconds(1), seconds(6), seconds(6), seconds(6));
  }

  @Test
  void anAddressThatHasTheCodeInItIsShownWithTheCode() throws IOException {
    there.put(
        "/device_authorization",
        IdentityProvider.json(
            200,
            () ->
                """
                {"device_code":"d","user_code":"ABC","verification_uri":"https://id.example.com/d",
                "verification_uri_complete":"https://id.example.com/d?c=ABC","expires_in":300}\
                """));
    assertThat(login.ask(person)).isInstanceOf(Outcome.Known.class);
    assertThat(person.told)
        .containsExactly(
            "Open https://id.example.com/d?c=ABC and confirm the code ABC there, then press"
                + " Enter: ");
  }

  @Test
  void deniedExpiredAwayAndUnbelievableAreFourSentences() throws IOException {
    there.answerFirst("access_denied");
    assertThat(sentence())
        .isEqualTo(
            "The log-in was denied at the identity provider; log in again if it should not have"
                + " been.");
    there.answerFirst("expired_token");
    assertThat(sentence())
        .isEqualTo("Nobody confirmed the code in time; log in again for another one.");
    there.claim(Map.of("iss", "https://elsewhere.example"));
    assertThat(sentence())
        .isEqualTo(
            "What the identity provider says can't be believed, so nobody is let in; tell whoever"
                + " administers the cluster.");
    there.answerFirst("invalid_client", "invalid_client", "invalid_client");
    String away =
        "The cluster's identity provider can't be used now; log in by a key, or try again soon.";
    assertThat(sentence()).isEqualTo(away);
    there.close();
    assertThat(sentence()).isEqualTo(away);
  }

  @Test
  void aProviderThatFailsForAMomentIsAskedAgainAndLessOften() throws IOException {
    there.answerFirst("server_error", "server_error");
    assertThat(login.ask(person)).isInstanceOf(Outcome.Known.class);
    assertThat(patience.slept).containsExactly(seconds(2), seconds(4));
  }

  @Test
  void nobodyIsWaitedForLongerThanFiveMinutes() throws IOException {
    there.confirm(false);
    assertThat(sentence()).startsWith("Nobody confirmed the code in time");
    assertThat(patience.nanos).isEqualTo(DeviceLogin.PATIENCE.toNanos());
  }

  @Test
  void whoIsGoneIsNotWaitedFor() {
    there.confirm(false);
    person.gone = true;
    assertThatThrownBy(() -> login.ask(person)).isInstanceOf(IOException.class);
    assertThat(patience.slept).isEmpty();
  }

  @Test
  void soManyAreWaitedForAndNoMore() throws Exception {
    CountDownLatch here = new CountDownLatch(DeviceLogin.MOST_WAITING);
    CountDownLatch over = new CountDownLatch(1);
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < DeviceLogin.MOST_WAITING; i++) {
      others.add(Thread.startVirtualThread(() -> hold(here, over)));
    }
    here.await();
    assertThat(sentence())
        .isEqualTo("Too many people are logging in by the identity provider now; try again soon.");
    over.countDown();
    for (Thread other : others) {
      other.join();
    }
    assertThat(login.ask(person)).isInstanceOf(Outcome.Known.class);
  }

  private void hold(CountDownLatch here, CountDownLatch over) {
    try {
      login.ask((name, instruction, questions) -> {
        here.countDown();
        try {
          over.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        throw new IOException("gone");
      });
    } catch (IOException e) {
      // As said above.
    }
  }

  private String sentence() throws IOException {
    return login.ask(person) instanceof Outcome.Unknown(String sentence) ? sentence : "known";
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }
}
