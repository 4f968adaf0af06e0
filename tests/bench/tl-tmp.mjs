// temporary
import fs from "node:fs";
import { median, peer, serve, visit } from "./stage.mjs";
const N=Number(process.argv[2]??5), which=(process.argv[3]??"c,p").split(","), detail=process.argv[4];
const src=fs.readFileSync(new URL("./widget.mjs",import.meta.url),"utf8");
const grab=(a,b)=>src.slice(src.indexOf(a),src.indexOf(b));
const mod=new Function("peer",grab("const QUESTION","const FILES")+";return {candor,CANDIDATES,page,posthog}");
const {candor,CANDIDATES,page}=mod(peer);
CANDIDATES.mock={control:"label",html:'<script async src="/m.js"></script>'};CANDIDATES.mock2={control:"label",html:'<script async src="/n.js"></script>'};const names={m:"mock",n:"mock2",c:"Candor",p:"PostHog, renderer alone",j:"Candor, as JavaScript",e:"an empty page"};
const server=await serve((address,origin)=>{
 if(address.startsWith("/page/"))return{type:"text/html; charset=utf-8",body:page(CANDIDATES[decodeURIComponent(address.slice(6))]).replace("const began = performance","const began = window.B = performance")};
 if(address==="/v1/surveys/bench")return{type:"application/json",body:JSON.stringify(candor(origin)),headers:{etag:'"0123456789abcdef"'}};
 if(address==="/m.js")return{type:"text/javascript",body:`fetch("/v1/surveys/bench").then(r=>r.json()).then(()=>import("/m2.js"))`};
 if(address==="/n.js")return{type:"text/javascript",body:`import("/m2.js")`};
 if(address==="/m2.js")return{type:"text/javascript",body:`document.body.append(Object.assign(document.createElement("label"),{textContent:"x"}))`};
 if(address.startsWith("/v1/"))return{type:"application/json",body:'{"results":[]}'};
 if(address==="/posthog/surveys-preview.js")return peer("posthog-js/dist/surveys-preview.js");
});
const res={};
for(let i=0;i<=N;i++)for(const w of which){
 await visit(4,async(page,cdp)=>{
  let ev=[];
  if(detail==="trace"){cdp.on("Tracing.dataCollected",d=>ev.push(...d.value));await cdp.send("Tracing.start",{categories:"devtools.timeline,blink,v8,loading,disabled-by-default-devtools.timeline,toplevel,blink.user_timing,disabled-by-default-v8.cpu_profiler",transferMode:"ReportEvents"})}
  await page.goto(`${server.origin}/page/${encodeURIComponent(names[w])}`,{waitUntil:"commit"});
  await page.waitForFunction(()=>window.bench?.visible,null,{timeout:8000,polling:50});
  await page.waitForTimeout(500);
  const b=await page.evaluate(()=>({v:window.bench.visible,B:window.B,t:window.bench.tasks,m:performance.getEntriesByType("mark").map(e=>e.name+" "+Math.round(e.startTime)),r:performance.getEntriesByType("resource").map(e=>e.name.split("/").pop().slice(0,22)+" "+Math.round(e.startTime-window.B)+"-"+Math.round(e.responseEnd-window.B)),f:performance.getEntriesByType("paint").map(e=>e.name.slice(6,11)+" "+Math.round(e.startTime-window.B)),M:(window.__m||[]).map(([n,t])=>n+" "+Math.round(t-window.B))}));
  if(i)(res[w]??=[]).push(b.v);
  if(detail&&i)console.log(w,Math.round(b.v),JSON.stringify(b.t),b.r.join("; "),"|",b.f.join("; "),"|",b.M.join("; "));
  if(detail==="trace"&&i===N){const fin=new Promise(r=>cdp.on("Tracing.tracingComplete",r));await cdp.send("Tracing.end");await fin;fs.writeFileSync("/tmp/dv/trace-"+w+".json",JSON.stringify(ev))}
 });
}
for(const w of which)console.log(w,median(res[w]).toFixed(0),res[w].map(x=>x.toFixed(0)).join(" "));
server.close();process.exit(0);
