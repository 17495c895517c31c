package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages that a window itself shows, in a real Chromium whose window it is. */
@NeedsRoot
@Needs({Tool.CHROMIUM, Tool.IP, Tool.NETCAT, Tool.SSHD})
final class StartPageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String START = "http://start.localhost/";
  private static final String APP = "The app alpha";

  private static FarApp server;
  private static Program open;
  private static Chromium chromium;

  @BeforeAll
  static void begin() {
    Namespace.removeStale();
    server = new FarApp("alpha");
    Window window = Window.fresh(List.of());
    String debugged = "--browser-option=" + Chromium.DEBUGGED;
    open = window.open(server.sshOptions(), debugged, "root@alpha");
    open.awaitOutput("is open in chromium", PATIENCE);
    chromium = new Chromium(open, profile(window));
  }

  private static Path profile(Window window) {
    try {
      return window.file("profile-chromium");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterAll
  static void end() {
    chromium.close();
    server.close();
  }

  @Test
  void everybodyCanReadAndUseEachPageInLightAndDarkAndNarrow() {
    PageCheck check = new PageCheck(chromium);
    chromium.show(START);
    chromium.awaitText(APP);
    chromium.click(".app button[aria-pressed=false]");
    chromium.await("document.querySelector('.app button[aria-pressed=true]') !== null");
    chromium.evaluate("document.querySelector('#others')?.setAttribute('open', '')");
    assertThat(check.faults()).as("apps").isEmpty();

    chromium.evaluate("document.querySelector('#text').value = 'no such app'");
    chromium.evaluate("document.querySelector('#text').dispatchEvent(new Event('input'))");
    chromium.awaitText("None of that name.");
    assertThat(check.faults()).as("no app found").isEmpty();

    chromium.show("http://localhost:8123/");
    chromium.awaitText("Try again");
    assertThat(check.faults()).as("an app that does not run").isEmpty();
  }

  @Test
  void allOfTheStartPageIsUsedByKeysAlone() {
    chromium.show(START);
    chromium.awaitText(APP);
    chromium.press("/");
    chromium.await("document.activeElement.id === 'text'");
    chromium.press("ArrowDown");
    chromium.await("document.activeElement.matches('.app a')");
    String pressed = "document.querySelector('.app button').getAttribute('aria-pressed')";
    String before = chromium.evaluate(pressed);
    chromium.press("f");
    chromium.await(pressed + " !== '" + before + "'");
    chromium.await("document.activeElement.matches('.app a')");
    chromium.press("/");
    "8888".chars().forEach(it -> chromium.press(Character.toString(it)));
    chromium.await("document.querySelector('#text').value === '8888'");
    chromium.press("Enter");
    chromium.await(
        "location.href === 'http://localhost:8888/' && document.title === '" + APP + "'");
  }
}
