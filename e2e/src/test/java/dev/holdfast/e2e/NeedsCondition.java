package dev.holdfast.e2e;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides on {@link Needs} and {@link NeedsRoot}. */
final class NeedsCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<String> missing = context.getElement().map(NeedsCondition::missing).orElse(List.of());
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("all that it needs is here");
    }
    String sentence =
        context.getDisplayName() + " was not run, for it needs " + String.join(" and ", missing);
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(sentence);
    }
    System.err.println("SKIPPED: " + sentence);
    return ConditionEvaluationResult.disabled(sentence);
  }

  private static List<String> missing(AnnotatedElement element) {
    List<String> missing = new ArrayList<>();
    Needs needs = element.getAnnotation(Needs.class);
    if (needs != null) {
      for (Tool tool : needs.value()) {
        if (!tool.isHere()) {
          missing.add("the Debian package " + tool.debianPackage());
        }
      }
    }
    if (element.isAnnotationPresent(NeedsRoot.class) && !Sshd.USER.equals("root")) {
      missing.add("to be run by root");
    }
    return missing;
  }
}
