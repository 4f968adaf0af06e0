/**
 * The element `<candor-survey>` in React's own JSX namespace: `import type {} from "@candor/widget/react"`.
 */

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CandorSurveyAttributes, CandorSurveyElement } from "./index.d.ts";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "candor-survey": DetailedHTMLProps<HTMLAttributes<CandorSurveyElement>, CandorSurveyElement> & CandorSurveyAttributes;
    }
  }
}
