const r=6,a=[6],d={3006:((n,s,_)=>{_.r(s);var e=_(9625),o=_(5919);o.parentPort?.on("message",t=>o.parentPort?.postMessage((0,e.M)(t)))})};export{r as id,a as ids,d as modules};
