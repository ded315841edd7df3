import { startLocal } from './run.ts';
import { sampleEvent } from './sample-event.ts';
import http from 'node:http';
import { Webhook } from 'svix';
const N=Number(process.argv[2]??1500), C=Number(process.argv[3]??16), limit=Number(process.argv[4]??10), rate=Number(process.argv[5]??0);
const run = await startLocal({sandboxLimit:limit});
run.logs.on('line',l=>{ if(l.function==='local'||/ERROR|WARN/.test(l.text)) console.log(l.text.slice(0,300)); });
const wh = new Webhook(run.secret!);
const agent=new http.Agent({keepAlive:true,maxSockets:C});
const url=new URL(run.webhookUrl);
let failed=0;
function post(ev:object){const id='msg_'+Math.random().toString(36).slice(2)+Date.now();const now=new Date();const body=JSON.stringify(ev);
 return new Promise<number>((res,rej)=>{const r=http.request({agent,host:url.hostname,port:url.port,path:url.pathname,method:'POST',headers:{'content-type':'application/json','content-length':Buffer.byteLength(body),'svix-id':id,'svix-timestamp':String(Math.floor(now.getTime()/1000)),'svix-signature':wh.sign(id,now,body)}},m=>{m.resume();m.on('end',()=>res(m.statusCode!))});r.on('error',rej);r.end(body)})}
const pad='x'.repeat(3000);
let left=0, sent=0; const t0=performance.now();
async function worker(){ while(left<N){ left++; const e=sampleEvent() as any; e.run.output_data={summary:'s',pad}; const s=await post(e); if(s!==200) failed++; sent++; } }
if(rate){ const all=[]; for(let i=0;i<N;i++){ const due=t0+i*1000/rate; const w=due-performance.now(); if(w>2) await new Promise(r=>setTimeout(r,w)); const e=sampleEvent() as any; e.run.output_data={summary:'s',pad}; all.push(post(e).then(s=>{if(s!==200)failed++;})); } await Promise.all(all);} else await Promise.all(Array.from({length:C},worker));
const t1=performance.now();
console.log('accepted',N,'in',(t1-t0).toFixed(0),'ms =',(N*1000/(t1-t0)).toFixed(0),'/s failed',failed);
for(;;){ const q=await (await fetch(run.url+'/_local/queues')).json() as any; if(q.queue.visible+q.queue.in_flight===0) break; await new Promise(r=>setTimeout(r,50)); }
const t2=performance.now();
console.log('processed all in',(t2-t0).toFixed(0),'ms =',(N*1000/(t2-t0)).toFixed(0),'/s');
const te=performance.now(); const evs=(await (await fetch(run.url+'/_local/events')).json() as any).events; console.log('events',evs.length,'states',JSON.stringify(evs.reduce((a:any,e:any)=>(a[e.state]=(a[e.state]??0)+1,a),{})),'list ms',performance.now()-te);
console.log('runs', run.fake!.store.runs.size, [...run.calls.counts].map(([k,v])=>k+'='+v).join(' '), run.stack.functions.map(f=>f.label+':'+run.functions.count(f)).join(' '));
console.log(process.cpuUsage());
await run.stop();
