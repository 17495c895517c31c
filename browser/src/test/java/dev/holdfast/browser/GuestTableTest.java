package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class GuestTableTest {
  private final GuestTable table = new GuestTable();
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  private final Clusters.Listener listener =
      new Clusters.Listener() {
        @Override
        public void line(String line) {
          said.add(line);
        }

        @Override
        public void still() {}
      };

  /** One that goes on until it is left. */
  private final class Lasting implements Clusters.Guest {
    private final CountDownLatch there = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    @Override
    public void watch(Clusters.Listener told) throws IOException, InterruptedException {
      there.countDown();
      left.await();
      told.line("the end");
    }

    @Override
    public void type(byte[] keys) {
      said.add(new String(keys, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      left.countDown();
    }
  }

  private Thread attend(String name, Lasting guest) throws InterruptedException {
    Thread page =
        Thread.ofVirtual()
            .start(() -> {
              try {
                table.attend(name, () -> guest, listener);
              } catch (IOException | InterruptedException e) {
                said.add(String.valueOf(e.getMessage()));
              }
            });
    guest.there.await();
    return page;
  }

  @Test
  void keysGoToTheSessionOfThatNameUntilItIsLeft() throws Exception {
    Thread page = attend("a", new Lasting());
    byte[] keys = {'x'};
    assertThat(table.type("a", keys)).isTrue();
    assertThat(table.type("b", keys)).isFalse();
    table.leave("b");
    table.leave("a");
    page.join();
    assertThat(said).containsExactly("x", "the end");
    assertThat(table.type("a", keys)).isFalse();
  }

  @Test
  void nobodyTakesTheNameOfAnother() throws Exception {
    Thread page = attend("a", new Lasting());
    assertThatThrownBy(() -> table.attend("a", () -> new Lasting(), listener))
        .hasMessage("This page has joined already; load it again.");
    assertThat(table.type("a", new byte[] {'x'})).isTrue();
    table.leave("a");
    page.join();
  }

  @Test
  void soManyAreJoinedAtATimeAndOnesPlaceIsFreeWhenItIsLeftOrCouldNotBeJoined() throws Exception {
    List<Thread> pages = new ArrayList<>();
    for (int i = 0; i < GuestTable.MOST; i++) {
      pages.add(attend("page" + i, new Lasting()));
    }
    assertThatThrownBy(() -> table.attend("more", () -> new Lasting(), listener))
        .hasMessage("4 sessions are joined here already, the most that can be; leave one.");
    table.leave("page0");
    pages.removeFirst().join();
    for (int i = 0; i <= GuestTable.MOST; i++) {
      assertThatThrownBy(() ->
              table.attend(
                  "refused",
                  () -> {
                    throw new IOException("No.");
                  },
                  listener))
          .hasMessage("No.");
    }
    pages.add(attend("page0", new Lasting()));
    for (int i = 0; i < GuestTable.MOST; i++) {
      table.leave("page" + i);
    }
    for (Thread page : pages) {
      page.join();
    }
  }
}
