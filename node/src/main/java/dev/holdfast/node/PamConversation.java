package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/** What PAM's modules call to ask: {@code struct pam_conv}, pam_conv(3). */
final class PamConversation {
  private static final int SUCCESS = 0;
  private static final int FAILED = 19;
  private static final int PROMPT_ECHO_OFF = 1;
  private static final int PROMPT_ECHO_ON = 2;
  private static final int MOST_MESSAGES = 32;
  private static final long RESPONSE_BYTES = 16;

  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER);

  private final Pam.Asker asker;
  private final PamFunctions functions;

  PamConversation(Pam.Asker asker, PamFunctions functions) {
    this.asker = asker;
    this.functions = functions;
  }

  @SuppressWarnings("restricted")
  MemorySegment structure(Arena arena) {
    try {
      MethodType type =
          MethodType.methodType(
              int.class, int.class, MemorySegment.class, MemorySegment.class, MemorySegment.class);
      MethodHandle converse = MethodHandles.lookup().bind(this, "converse", type);
      MemorySegment structure = arena.allocate(POINTER, 2);
      structure.setAtIndex(POINTER, 0, Linker.nativeLinker().upcallStub(converse, SHAPE, arena));
      return structure;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("converse", e);
    }
  }

  /** Called by PAM; nothing may be thrown into it. */
  @SuppressWarnings("unused")
  int converse(int count, MemorySegment messages, MemorySegment answers, MemorySegment data) {
    try {
      return count < 1 || count > MOST_MESSAGES ? FAILED : answer(count, messages, answers);
    } catch (IOException | RuntimeException e) {
      return FAILED;
    }
  }

  @SuppressWarnings("restricted")
  private int answer(int count, MemorySegment messages, MemorySegment answers) throws IOException {
    MemorySegment pointers = messages.reinterpret(count * POINTER.byteSize());
    List<String> shown = new ArrayList<>();
    List<Pam.Question> questions = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MemorySegment message = pointers.getAtIndex(POINTER, i).reinterpret(RESPONSE_BYTES);
      int style = message.get(INT, 0);
      String text = PamFunctions.string(message.get(POINTER, POINTER.byteSize()));
      if (style == PROMPT_ECHO_OFF || style == PROMPT_ECHO_ON) {
        places.add(i);
        questions.add(new Pam.Question(text, style == PROMPT_ECHO_ON));
      } else {
        shown.add(text);
      }
    }
    List<String> told = asker.ask(shown, questions);
    if (told.size() != questions.size()) {
      return FAILED;
    }
    MemorySegment responses = functions.allocate(count * RESPONSE_BYTES);
    for (int i = 0; i < places.size(); i++) {
      responses.set(POINTER, places.get(i) * RESPONSE_BYTES, functions.copy(told.get(i)));
    }
    answers.reinterpret(POINTER.byteSize()).set(POINTER, 0, responses);
    return SUCCESS;
  }
}
