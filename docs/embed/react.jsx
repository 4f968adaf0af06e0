import { useEffect } from "react";
import { load } from "@candor/widget";

// Once for the application. Route changes are noticed by themselves.
const candor = load({ endpoint: "https://feedback.example", survey: "post-purchase" });

export function Thanks({ order }) {
  useEffect(() => {
    candor.set({ store: order.store });
    candor.track("paid");
    return candor.on("submitted", ({ response }) => console.log("response", response));
  }, [order.store]);

  return (
    <main>
      <h1>Thank you for your order</h1>
      {/* A place in the page: this survey is shown here when it is due. React must leave its inside alone. */}
      <candor-survey survey="after-delivery" />
      <button type="button" onClick={() => candor.show()}>
        Tell us what you think
      </button>
    </main>
  );
}
